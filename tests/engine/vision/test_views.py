"""What is found in a view is mapped back to where it is in the picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.vision.types import Detection
from engine.vision.views import View, bordered, lit, part, scaled, square_around, turned, whole


def marked(x: int, y: int, width: int = 60, height: int = 40) -> np.ndarray:
    """A black picture with one white pixel."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[y, x] = 255
    return pixels


def brightest(view: View) -> Detection:
    """The brightest pixel of a view, as if it were a face with all landmarks in its middle."""
    y, x = np.unravel_index(view.pixels[..., 0].argmax(), view.pixels.shape[:2])
    middle = np.full((5, 2), (x + 0.5, y + 0.5), np.float32)
    return Detection((float(x), float(y), float(x + 1), float(y + 1)), middle, 1.0)


@given(st.integers(0, 59), st.integers(0, 39), st.integers(0, 5))
def test_turns_are_undone(x: int, y: int, quarters: int) -> None:
    view = whole(marked(x, y))
    for _ in range(quarters):
        view = turned(view)
    assert view.pixels.shape[:2] == ((40, 60) if quarters % 2 == 0 else (60, 40))
    back = view.back(brightest(view))
    assert back.box == (x, y, x + 1, y + 1)
    assert (back.landmarks == (x + 0.5, y + 0.5)).all()


@given(st.integers(0, 59), st.integers(0, 39))
def test_borders_squares_and_turns_together_are_undone(x: int, y: int) -> None:
    view = turned(square_around(bordered(whole(marked(x, y)), 7), (x, y, x + 20, y + 10), growth=2.0))
    assert view.back(brightest(view)).box == (x, y, x + 1, y + 1)


@pytest.mark.parametrize("factor", [0.25, 0.5, 2.0, 3.3])
def test_a_change_of_size_is_undone(factor: float) -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[16:24, 40:48] = 255
    view = scaled(whole(pixels), factor)
    ys, xs = np.nonzero(view.pixels[..., 0] > 127)
    box = (float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1))
    back = view.back(Detection(box, np.zeros((5, 2), np.float32), 1.0)).box
    np.testing.assert_allclose(back, (40, 16, 48, 24), atol=1.01)


def test_landmarks_keep_their_order_in_the_face() -> None:
    landmarks = np.array([[10, 10], [20, 10], [15, 15], [11, 20], [19, 20]], np.float32)
    upside_down = turned(turned(whole(np.zeros((40, 60, 3), np.uint8))))
    back = upside_down.back(Detection((5, 5, 25, 25), landmarks, 0.9))
    np.testing.assert_array_equal(back.landmarks, [60, 40] - landmarks)
    assert back.box == (35, 15, 55, 35)


def test_a_square_beyond_the_picture_is_grey_there() -> None:
    view = square_around(whole(np.zeros((40, 60, 3), np.uint8)), (-100, -100, -90, -90), growth=1.0)
    assert view.pixels.shape == (10, 10, 3)
    assert (view.pixels == 128).all()


def test_a_reduced_picture_keeps_a_pixel_in_each_direction() -> None:
    assert scaled(whole(np.zeros((1, 5000, 3), np.uint8)), 0.02).pixels.shape == (1, 100, 3)


def test_a_large_picture_reduced_in_strips_is_as_if_reduced_at_once() -> None:
    small = np.random.default_rng(3).integers(0, 256, (50, 40, 3), dtype=np.uint8)
    pixels = np.asarray(Image.fromarray(small).resize((4000, 5000), Image.Resampling.BICUBIC))
    at_once = Image.fromarray(pixels).resize((1280, 1600), Image.Resampling.BILINEAR)
    np.testing.assert_allclose(scaled(whole(pixels), 0.32).pixels.astype(int), np.asarray(at_once), atol=1)


def test_a_part_is_where_it_was_cut_out() -> None:
    view = part(whole(marked(30, 20)), 25, 10, 50, 30)
    assert view.pixels.shape == (20, 25, 3)
    assert view.back(brightest(view)).box == (30, 20, 31, 21)


def test_dark_and_washed_out_pictures_are_spread_over_the_whole_range() -> None:
    full = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for worse in (full // 8, full // 10 + 200):
        light = lit(whole(worse))
        assert light is not None
        assert np.abs(light.pixels.astype(int) - full).mean() < 16


@pytest.mark.parametrize("pixels", [np.full((9, 9, 3), 7, np.uint8), np.arange(243, dtype=np.uint8).reshape(9, 9, 3)])
def test_well_exposed_and_empty_pictures_are_left_as_they_are(pixels: np.ndarray) -> None:
    assert lit(whole(pixels)) is None
