"""The cell encoder: its shape, its exactness, and its distance from the picture."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from console.widgets.cells import COLOUR_STEP, GLYPHS, Cells, encode

# Written from the names of the Unicode characters: which of 4 x 2 pixels each glyph inks.
UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT = (
    {(row, column) for row in rows for column in columns}
    for rows, columns in (((0, 1), (0,)), ((0, 1), (1,)), ((2, 3), (0,)), ((2, 3), (1,)))
)
INK = {
    " ": set(),
    "\N{QUADRANT UPPER LEFT}": UPPER_LEFT,
    "\N{QUADRANT UPPER RIGHT}": UPPER_RIGHT,
    "\N{QUADRANT LOWER LEFT}": LOWER_LEFT,
    "\N{QUADRANT LOWER RIGHT}": LOWER_RIGHT,
    "\N{UPPER HALF BLOCK}": UPPER_LEFT | UPPER_RIGHT,
    "\N{LOWER HALF BLOCK}": LOWER_LEFT | LOWER_RIGHT,
    "\N{LEFT HALF BLOCK}": UPPER_LEFT | LOWER_LEFT,
    "\N{RIGHT HALF BLOCK}": UPPER_RIGHT | LOWER_RIGHT,
    "\N{QUADRANT UPPER LEFT AND LOWER RIGHT}": UPPER_LEFT | LOWER_RIGHT,
    "\N{QUADRANT UPPER RIGHT AND LOWER LEFT}": UPPER_RIGHT | LOWER_LEFT,
    "\N{QUADRANT UPPER LEFT AND LOWER LEFT AND LOWER RIGHT}": UPPER_LEFT | LOWER_LEFT | LOWER_RIGHT,
    "\N{QUADRANT UPPER LEFT AND UPPER RIGHT AND LOWER LEFT}": UPPER_LEFT | UPPER_RIGHT | LOWER_LEFT,
    "\N{QUADRANT UPPER LEFT AND UPPER RIGHT AND LOWER RIGHT}": UPPER_LEFT | UPPER_RIGHT | LOWER_RIGHT,
    "\N{QUADRANT UPPER RIGHT AND LOWER LEFT AND LOWER RIGHT}": UPPER_RIGHT | LOWER_LEFT | LOWER_RIGHT,
    "\N{FULL BLOCK}": UPPER_LEFT | UPPER_RIGHT | LOWER_LEFT | LOWER_RIGHT,
    "\N{LOWER ONE QUARTER BLOCK}": {(3, 0), (3, 1)},
    "\N{LOWER THREE QUARTERS BLOCK}": {(row, column) for row in (1, 2, 3) for column in (0, 1)},
}

small_pictures = st.tuples(st.integers(1, 5), st.integers(1, 7)).flatmap(
    lambda size: arrays(np.uint8, (4 * size[0], 2 * size[1], 3))
)


def painted(cells: Cells) -> NDArray[np.uint8]:
    """What a terminal shows: uint8 [4 x rows, 2 x columns, 3]."""
    rows, columns = cells.glyphs.shape
    picture = np.zeros((4 * rows, 2 * columns, 3), dtype=np.uint8)
    for row, column in product(range(rows), range(columns)):
        ink = INK[GLYPHS[cells.glyphs[row, column]]]
        for y, x in product(range(4), range(2)):
            source = cells.foreground if (y, x) in ink else cells.background
            picture[4 * row + y, 2 * column + x] = source[row, column]
    return picture


def error(shown: NDArray[np.uint8], picture: NDArray[np.uint8]) -> float:
    return float(((shown.astype(float) - picture.astype(float)) ** 2).mean())


def made_face(rows: int, columns: int) -> NDArray[np.uint8]:
    """A smooth oval with two eyes, brows and a mouth on a plain ground."""
    y, x = np.mgrid[0 : 4 * rows, 0 : 2 * columns] / [[[4 * rows]], [[2 * columns]]]
    shade = 60 + 150 * np.exp(-(((x - 0.5) / 0.3) ** 4) - ((y - 0.5) / 0.4) ** 4)
    for centre in (0.36, 0.64):
        shade -= 110 * np.exp(-(((x - centre) / 0.05) ** 2) - ((y - 0.42) / 0.03) ** 2)
        shade -= 70 * (np.abs(x - centre) < 0.09) * (np.abs(y - 0.34) < 0.015)
    shade -= 90 * (np.abs(x - 0.5) < 0.13) * (np.abs(y - 0.72 - 0.3 * (x - 0.5) ** 2) < 0.02)
    return np.clip(shade[..., None] * [1.0, 0.82, 0.7], 0, 255).astype(np.uint8)


def test_every_glyph_is_known_once() -> None:
    assert sorted(GLYPHS) == sorted(INK)


@given(small_pictures)
def test_a_picture_becomes_exactly_its_rows_and_columns(picture: NDArray[np.uint8]) -> None:
    cells = encode(picture)
    rows, columns = picture.shape[0] // 4, picture.shape[1] // 2
    assert cells.glyphs.shape == (rows, columns)
    assert cells.foreground.shape == cells.background.shape == (rows, columns, 3)
    assert cells.glyphs.max() < len(GLYPHS)


@given(small_pictures)
def test_colours_are_steps_of_eight_or_white(picture: NDArray[np.uint8]) -> None:
    cells = encode(picture)
    for colours in (cells.foreground, cells.background):
        assert np.all((colours % COLOUR_STEP == 0) | (colours == 255))


@given(st.tuples(*[st.integers(0, 255)] * 3), st.integers(1, 4), st.integers(1, 6))
def test_a_uniform_picture_gives_uniform_blank_cells(colour: tuple[int, int, int], rows: int, columns: int) -> None:
    cells = encode(np.full((4 * rows, 2 * columns, 3), colour, dtype=np.uint8))
    assert np.all(cells.glyphs == GLYPHS.index(" "))
    assert len(np.unique(cells.background.reshape(-1, 3), axis=0)) == 1
    assert np.abs(cells.background.astype(int) - colour).max() <= COLOUR_STEP // 2


@pytest.mark.parametrize("period", [(2, 1), (2, 2), (4, 1), (4, 2)])
def test_a_checker_of_black_and_white_quadrants_is_exact(period: tuple[int, int]) -> None:
    y, x = np.mgrid[0:24, 0:20]
    checker = ((y // period[0] + x // period[1]) % 2 * 255).astype(np.uint8)
    picture = np.repeat(checker[..., None], 3, axis=-1)
    assert np.array_equal(painted(encode(picture)), picture)


@pytest.mark.parametrize("thickness", [1, 3])
@pytest.mark.parametrize("at_top", [True, False])
def test_a_line_a_quarter_of_a_cell_high_is_exact(thickness: int, at_top: bool) -> None:
    picture = np.full((4, 6, 3), 255, dtype=np.uint8)
    picture[slice(0, thickness) if at_top else slice(4 - thickness, 4)] = 0
    assert np.array_equal(painted(encode(picture)), picture)


@given(small_pictures)
def test_without_a_price_no_other_glyph_in_the_same_colours_is_closer(picture: NDArray[np.uint8]) -> None:
    cells = encode(picture, change_levels=0)
    best = ((painted(cells).astype(int) - picture) ** 2).sum()
    for other in range(len(GLYPHS)):
        glyphs = cells.glyphs.copy()
        glyphs[0, 0] = other
        changed = painted(Cells(glyphs, cells.foreground, cells.background))
        assert ((changed.astype(int) - picture) ** 2).sum() >= best


def test_cells_come_closer_to_a_face_than_half_blocks() -> None:
    picture = made_face(20, 32)
    halves = picture.reshape(40, 2, 32, 2, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    half_blocks = halves.repeat(2, axis=0).repeat(2, axis=1)
    exact, shared = painted(encode(picture, change_levels=0)), painted(encode(picture))
    assert error(exact, picture) < 0.5 * error(half_blocks, picture)
    assert error(shared, picture) < 0.8 * error(half_blocks, picture)


def test_sharing_colours_makes_fewer_runs_of_colour() -> None:
    def runs(cells: Cells) -> int:
        pairs = np.concatenate([cells.foreground, cells.background], axis=-1)
        return int((pairs[:, 1:] != pairs[:, :-1]).any(axis=-1).sum()) + len(pairs)

    picture = made_face(20, 32)
    assert runs(encode(picture)) < 0.7 * runs(encode(picture, change_levels=0))


@pytest.mark.parametrize("shape", [(4, 3, 3), (6, 2, 3), (0, 2, 3), (4, 0, 3)])
def test_pixels_that_fill_no_whole_cells_are_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="do not fill cells"):
        encode(np.zeros(shape, dtype=np.uint8))
