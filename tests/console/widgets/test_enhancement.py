"""What is done to faces: named in words, within bounds, undone whole, and doing what it says."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.widgets.enhancement import PLAIN, ZOOMS, Enhancement
from console.widgets.picture import fit

Step = Callable[[Enhancement], Enhancement]
STEPS: list[Step] = [
    *(lambda one, by=by: one.zoomed(by) for by in (1, -1)),  # type: ignore[misc]
    *(lambda one, by=by: one.turned(by) for by in (1, -1)),  # type: ignore[misc]
    *(lambda one, by=by: one.lit(by) for by in (1, -1)),  # type: ignore[misc]
    *(lambda one, by=by: one.contrasted(by) for by in (1, -1)),  # type: ignore[misc]
    *(lambda one, to=to: one.moved(*to) for to in ((1, 0), (-1, 0), (0, 1), (0, -1))),  # type: ignore[misc]
]


@given(st.lists(st.sampled_from(STEPS), max_size=60))
def test_whatever_is_done_the_view_stays_inside_the_picture_and_is_named(steps: list[Step]) -> None:
    shown = PLAIN
    for step in steps:
        shown = step(shown)
    left, top, right, bottom = shown.view(fit(320, 400, 40, 20), 320, 400).box
    assert -1e-6 <= left < right <= 320 + 1e-6
    assert -1e-6 <= top < bottom <= 400 + 1e-6
    changed = shown.document()
    assert bool(changed) == (shown != PLAIN)
    for name in ("rotation", "brightness", "contrast"):
        assert (name in changed) == bool(getattr(shown, name))
    assert bool(shown.words()) == bool(shown.brief()) == bool(set(changed) - {"across", "down"})


def test_words_name_each_step() -> None:
    shown = PLAIN.lit(1).lit(1).turned(1).turned(1).turned(1).zoomed(2)
    assert shown.words() == "zoom x2, brightness +2, rotated 15 degrees"
    assert shown.brief() == "x2 br+2 rot+15"
    assert shown.document() == {"zoom": 2.0, "brightness": 2, "rotation": 15}


def test_zoom_shows_the_middle_and_moves_as_far_as_the_face_reaches() -> None:
    placed = fit(320, 400, 40, 20)
    for step in range(1, len(ZOOMS)):
        box = PLAIN.zoomed(step).view(placed, 320, 400).box
        assert (placed.box[2] - placed.box[0]) / (box[2] - box[0]) == pytest.approx(ZOOMS[step])
    moved = PLAIN.zoomed(2)
    for _ in range(40):
        moved = moved.moved(1, 1)
    assert moved.view(placed, 320, 400).box[2:] == pytest.approx(placed.box[2:])
    assert moved.zoomed(-len(ZOOMS)) == PLAIN


def test_light_contrast_mirror_and_rotation_do_what_they_say() -> None:
    pixels = np.full((40, 40, 3), 100, dtype=np.uint8)
    pixels[:, :20] = 150
    lit = PLAIN.lit(1).applied(pixels)
    assert int(lit[0, 0, 0]) - 150 == int(lit[0, 39, 0]) - 100 == 16
    assert np.ptp(PLAIN.contrasted(1).applied(pixels)) > 50 > np.ptp(PLAIN.contrasted(-1).applied(pixels))
    mirrored = Enhancement(mirrored=True).applied(pixels)
    assert (mirrored[0, 0, 0], mirrored[0, 39, 0]) == (100, 150)
    turned = Enhancement(rotation=45).applied(pixels)
    # The lighter left half goes up when turned clockwise.
    assert turned[4, 14, 0] == 150 and turned[30, 26, 0] == 100
    assert PLAIN.applied(pixels) is pixels
