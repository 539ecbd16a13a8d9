"""Two faces side by side at the same size, the probe on the left, or one of them alone on the whole screen."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import var

from console.widgets.enhancement import PLAIN, Enhancement
from console.widgets.face_view import FaceView
from console.widgets.lines import Lines
from console.widgets.picture import FacePicture

Side = Literal["probe", "candidate"]
SIDES: tuple[Side, Side] = ("probe", "candidate")
# Columns between the faces.
_GAP = 2


class FacePane(Vertical):
    """One face with a title above and what is known of its picture below."""

    DEFAULT_CSS: ClassVar[str] = """
    FacePane {
        width: 1fr;
        height: 1fr;
        .face-pane--title { text-style: bold; color: $text-accent; }
        .face-pane--facts { color: $text-muted; height: 2; }
    }
    """

    def __init__(self, side: Side) -> None:
        super().__init__(id=side)
        self.title = Lines(classes="face-pane--title")
        self.view = FaceView(empty="no picture")
        self.facts = Lines(classes="face-pane--facts")

    def compose(self) -> ComposeResult:
        yield self.title
        yield self.view
        yield self.facts

    def show(self, title: str, picture: FacePicture | None, facts: str) -> None:
        """Show a face."""
        self.title.text, self.facts.text = title, facts
        self.view.show(picture)


class Comparison(Horizontal):
    """The two faces that an examiner compares."""

    DEFAULT_CSS: ClassVar[str] = """
    Comparison {
        width: 1fr;
        height: 1fr;
        &.-only-probe #candidate { display: none; }
        &.-only-candidate #probe { display: none; }
    }
    """

    alone: var[Side | None] = var[Side | None](None, init=False)
    """The side that is shown alone; none while both are."""

    def compose(self) -> ComposeResult:
        for side in SIDES:
            yield FacePane(side)

    def pane(self, side: Side) -> FacePane:
        """The pane of a side."""
        return self.query_one(f"#{side}", FacePane)

    def turn(self) -> None:
        """Go from both faces to the probe alone, to the candidate alone, and back to both."""
        following: dict[Side | None, Side | None] = {None: "probe", "probe": "candidate", "candidate": None}
        self.alone = following[self.alone]

    def flip(self) -> None:
        """Show the other face in the place of the one that is alone: both keep their size, upright and to scale."""
        self.alone = "candidate" if self.alone == "probe" else "probe"

    def enhance(self, change: Callable[[Enhancement], Enhancement], *sides: Side) -> None:
        """Change how the faces on these sides are shown; without any, both or the one that is alone."""
        for side in sides or ((self.alone,) if self.alone else SIDES):
            view = self.pane(side).view
            view.enhancement = change(view.enhancement)

    def mirror(self) -> None:
        """Mirror the face that is alone, else the probe: two mirrored faces would compare as before."""
        self.enhance(lambda one: replace(one, mirrored=not one.mirrored), self.alone or "probe")

    def undo_enhancements(self) -> bool:
        """Show both faces as they are; says whether anything was done to them."""
        before = [self.pane(side).view.enhancement for side in SIDES]
        self.enhance(lambda _: PLAIN, *SIDES)
        return any(one != PLAIN for one in before)

    class Turned(Message):
        """One face alone is shown from now on, or both are."""

        def __init__(self, alone: Side | None) -> None:
            super().__init__()
            self.alone = alone

    def watch_alone(self) -> None:
        for side in SIDES:
            self.set_class(self.alone == side, f"-only-{side}")
        self._share()
        self.post_message(self.Turned(self.alone))

    def on_resize(self) -> None:
        self._share()

    def _share(self) -> None:
        """Give both panes the very same width, so that both faces are of one size; an odd column stays empty."""
        width = self.content_size.width
        for side in SIDES:
            self.pane(side).styles.width = (width - _GAP) // 2 if self.alone is None else width
        self.pane("candidate").styles.margin = (0, 0, 0, _GAP if self.alone is None else 0)

    def rendering(self) -> dict[str, object]:
        """How the faces are shown now: the protocol, columns and rows of each, pixels between the eyes as shown."""
        drawn = any(self.pane(side).view.picture is not None for side in SIDES)
        protocol = f"cells, {self.pane('probe').view.rendering}" if drawn else "no pictures"
        shown: dict[str, object] = {"protocol": protocol, "alone": self.alone}
        for side in SIDES:
            view = self.pane(side).view
            shown[f"{side}_cells"] = [view.size.width, view.size.height]
            shown[f"{side}_eye_pixels"] = round(view.eye_pixels, 1)
            shown[f"{side}_enhancement"] = view.enhancement.document()
        return shown
