"""Fitting a picture into cells: whole, undistorted, and honest about size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.widgets.picture import fit, sample

sides = st.integers(1, 2000)
cell_counts = st.integers(1, 200)


@given(sides, sides, cell_counts, cell_counts)
def test_a_fit_stays_inside_the_cells_and_the_picture(width: int, height: int, columns: int, rows: int) -> None:
    placed = fit(width, height, columns, rows)
    left, top, right, bottom = placed.box
    assert 1 <= placed.columns <= columns
    assert 1 <= placed.rows <= rows
    assert 0 <= left < right <= width + 1e-6
    assert 0 <= top < bottom <= height + 1e-6


@given(sides, sides, cell_counts, cell_counts)
def test_a_fit_keeps_proportions_with_cells_twice_as_high_as_wide(
    width: int, height: int, columns: int, rows: int
) -> None:
    placed = fit(width, height, columns, rows)
    left, top, right, bottom = placed.box
    assert (right - left) / (bottom - top) == pytest.approx(placed.columns / (2 * placed.rows))


@given(st.floats(0.6, 1.6), st.integers(12, 80), st.integers(6, 40))
def test_a_face_loses_little_of_its_edges(proportion: float, columns: int, rows: int) -> None:
    width, height = round(300 * proportion), 300
    placed = fit(width, height, columns, rows)
    left, top, right, bottom = placed.box
    half_a_cell = 0.5 / min(placed.columns, placed.rows)
    assert (right - left) / width > 1 - half_a_cell - 0.01
    assert (bottom - top) / height > 1 - half_a_cell - 0.01
    assert placed.columns == columns or placed.rows == rows


def test_a_circle_stays_a_circle() -> None:
    y, x = np.mgrid[0:200, 0:200]
    disc = np.where((y - 99.5) ** 2 + (x - 99.5) ** 2 < 80**2, 255, 0).astype(np.uint8)
    shown = sample(np.repeat(disc[..., None], 3, axis=-1), fit(200, 200, 40, 30))[..., 0] > 127
    across, down = shown.any(axis=0).sum(), shown.any(axis=1).sum()
    assert shown.shape == (80, 80)
    assert abs(int(across) - int(down)) <= 1
    assert 62 <= across <= 66


def test_grey_drops_the_colours_only() -> None:
    pixels = np.zeros((8, 4, 3), dtype=np.uint8)
    pixels[..., 0] = 200
    grey = sample(pixels, fit(4, 8, 2, 2), grey=True)
    assert np.ptp(grey, axis=-1).max() == 0
    assert grey.mean() == pytest.approx(0.299 * 200, abs=1)


def test_enhancing_steepens_an_edge_and_leaves_plain_areas() -> None:
    pixels = np.full((32, 32, 3), 100, dtype=np.uint8)
    pixels[:, 16:] = 160
    placed = fit(32, 32, 16, 8)
    plain, enhanced = sample(pixels, placed), sample(pixels, placed, enhanced=True)
    assert np.ptp(enhanced) > np.ptp(plain)
    assert np.array_equal(enhanced[:, :8], plain[:, :8])
