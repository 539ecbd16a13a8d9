"""The face on the screen, as a running app shows it."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from textual.app import App, ComposeResult
from textual.containers import Horizontal

from console.widgets.enhancement import Enhancement
from console.widgets.face_view import FaceView
from console.widgets.picture import FacePicture
from console.widgets.strips import RAMP


def made_picture(width: int = 24, height: int = 20, label: str = "probe") -> FacePicture:
    """A pale disc with two dark eyes, which are a third of the width apart, and a mouth."""
    y, x = np.mgrid[0:height, 0:width] / [[[height]], [[width]]]
    pixels = np.full((height, width, 3), (30, 40, 60), dtype=np.uint8)
    pixels[(y - 0.5) ** 2 + (x - 0.5) ** 2 < 0.2] = (224, 176, 144)
    for eye in (1 / 3, 2 / 3):
        pixels[(np.abs(y - 0.4) < 0.06) & (np.abs(x - eye) < 0.05)] = (24, 16, 8)
    pixels[(np.abs(y - 0.7) < 0.04) & (np.abs(x - 0.5) < 0.15)] = (160, 48, 40)
    return FacePicture(pixels, eye_fraction=1 / 3, source_eye_pixels=48.0, label=label)


class OneFace(App[None]):
    """Shows one face in the whole terminal."""

    def __init__(self, picture: FacePicture | None) -> None:
        super().__init__()
        self.face = FaceView()
        self.face.show(picture)

    def compose(self) -> ComposeResult:
        yield self.face


def text_lines(face: FaceView) -> list[str]:
    return [face.render_line(y).text for y in range(face.size.height)]


def colours(face: FaceView) -> set[tuple[int, int, int]]:
    """All background colours of the picture's lines."""
    strips = [face.render_line(y) for y in range(face.size.height - 2)]
    styles = [segment.style for strip in strips for segment in strip if segment.style]
    return {tuple(style.bgcolor.get_truecolor()) for style in styles if style.bgcolor}


@pytest.mark.parametrize("size", [(12, 6), (24, 12), (40, 22), (80, 40)])
async def test_every_line_fills_the_widget_at_any_size(size: tuple[int, int]) -> None:
    app = OneFace(made_picture())
    async with app.run_test(size=size):
        assert [app.face.render_line(y).cell_length for y in range(size[1])] == [size[0]] * size[1]
        assert any("probe" in line for line in text_lines(app.face)[-2:])


async def test_without_a_picture_it_says_so() -> None:
    app = OneFace(None)
    async with app.run_test(size=(30, 10)):
        assert "".join(text_lines(app.face)).split() == ["no", "picture"]
        assert app.face.eye_pixels == 0


async def test_taking_the_picture_away_leaves_nothing_of_it() -> None:
    app = OneFace(made_picture(label="somebody"))
    async with app.run_test(size=(30, 14)) as pilot:
        app.face.show(None)
        await pilot.pause()
        assert "".join(text_lines(app.face)).split() == ["no", "picture"]
        assert len(colours(app.face)) == 1


async def test_eye_pixels_count_two_per_column() -> None:
    app = OneFace(made_picture(120, 120))
    async with app.run_test(size=(60, 22)) as pilot:
        # 20 rows remain for the picture, so it is 40 columns or 80 pixels wide.
        assert app.face.eye_pixels == pytest.approx(80 / 3)
        await pilot.resize_terminal(30, 22)
        assert app.face.eye_pixels == pytest.approx(60 / 3)


async def test_the_caption_tells_both_distances_between_the_eyes() -> None:
    app = OneFace(made_picture(120, 120))
    async with app.run_test(size=(60, 22)):
        assert text_lines(app.face)[-1].strip() == "eyes 27 pixels apart here, 48 in the original"


async def test_an_enhanced_picture_is_labelled_so() -> None:
    app = OneFace(made_picture(120, 120))
    async with app.run_test(size=(40, 22)) as pilot:
        before = text_lines(app.face)
        app.face.enhancement = Enhancement(sharper=True)
        await pilot.pause()
        assert text_lines(app.face)[-2].strip() == "enhanced: sharpened  probe"
        assert text_lines(app.face)[:-2] != before[:-2]


async def test_another_face_repaints_no_other_widget() -> None:
    class TwoFaces(App[None]):
        def compose(self) -> ComposeResult:
            with Horizontal():
                yield FaceView(id="probe")
                yield FaceView(id="candidate")

    app = TwoFaces()
    async with app.run_test(size=(80, 24)) as pilot:
        probe, candidate = app.query_one("#probe", FaceView), app.query_one("#candidate", FaceView)
        probe.show(made_picture())
        await pilot.pause()
        painted: list[str] = []
        for face in (probe, candidate):
            face.render_line = recording(face, painted)  # type: ignore[method-assign]
        candidate.show(made_picture(label="first"))
        await pilot.pause()
        assert set(painted) == {"candidate"}


def recording(face: FaceView, painted: list[str]) -> Callable[[int], object]:
    render_line = face.render_line

    def record(y: int) -> object:
        painted.append(face.id or "")
        return render_line(y)

    return record


async def test_without_colours_the_face_is_drawn_in_ink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = OneFace(made_picture())
    async with app.run_test(size=(24, 14)):
        picture = text_lines(app.face)[:-2]
        assert set("".join(picture)) <= set(RAMP)
        ground, skin = picture[0][0], picture[5][12]
        assert RAMP.index(skin) > RAMP.index(ground) + 3
        # 24 columns, a third of them between the eyes, and one character each.
        assert app.face.eye_pixels == pytest.approx(8)
        assert text_lines(app.face)[-1].startswith("in characters")


async def test_with_256_colours_the_face_is_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "256")
    app = OneFace(made_picture())
    async with app.run_test(size=(24, 22)):
        shown = colours(app.face)
        assert len(shown) > 3
        assert all(max(colour) - min(colour) <= 1 for colour in shown)
        assert text_lines(app.face)[-1].startswith("in grey")


async def test_a_label_cannot_steer_the_terminal() -> None:
    app = OneFace(made_picture(label="\x1b[2Jgone"))
    async with app.run_test(size=(24, 8)):
        assert "\x1b" not in "".join(text_lines(app.face))


def test_a_small_face_looks_as_accepted(snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(OneFace(made_picture()), terminal_size=(12, 6))


def made_gradient(width: int, height: int) -> NDArray[np.uint8]:
    ramp = np.linspace(0, 255, width).astype(np.uint8)
    return np.repeat(np.tile(ramp, (height, 1))[..., None], 3, axis=-1)


async def test_a_wide_picture_leaves_blank_rows_above_and_below() -> None:
    app = OneFace(FacePicture(made_gradient(200, 50), 0.2, 40.0, "wide"))
    async with app.run_test(size=(40, 22)):
        lines = [app.face.render_line(y) for y in range(20)]
        plain = [len({segment.style for segment in line}) == 1 for line in lines]
        assert plain == [True] * 7 + [False] * 5 + [True] * 8 or plain == [True] * 8 + [False] * 5 + [True] * 7
