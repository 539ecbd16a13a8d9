"""Tiles cover a picture, and every small box in it is one tile's to judge, wherever it lies."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.tiles import OVERLAP, SIDE, tiles
from engine.vision.views import whole

SIZES = st.integers(1, 4 * SIDE)


def cut(width: int, height: int):
    return list(tiles(whole(np.zeros((height, width, 3), np.uint8))))


def placed(tile) -> tuple[int, int, int, int]:
    """The tile in the picture: left, top, right, bottom."""
    left, top = tile.view.to_picture[:, 2].astype(int).tolist()
    height, width = tile.view.pixels.shape[:2]
    return left, top, left + width, top + height


@given(SIZES, SIZES)
def test_no_tile_is_larger_than_it_may_be_and_all_end_with_the_picture(width: int, height: int) -> None:
    found = [placed(tile) for tile in cut(width, height)]
    assert all(right - left <= SIDE and bottom - top <= SIDE for left, top, right, bottom in found)
    assert min(left for left, _, _, _ in found) == min(top for _, top, _, _ in found) == 0
    assert max(right for _, _, right, _ in found) == width
    assert max(bottom for _, _, _, bottom in found) == height


@given(SIZES, SIZES, st.floats(0, 1), st.floats(0, 1), st.integers(8, OVERLAP - 8))
def test_a_small_box_is_whole_in_a_tile_that_judges_it(width: int, height: int, x: float, y: float, side: int) -> None:
    left, top = x * max(0, width - side), y * max(0, height - side)
    judged = []
    for tile in cut(width, height):
        tile_left, tile_top, right, bottom = placed(tile)
        if tile_left <= left and tile_top <= top and left + side <= right and top + side <= bottom:
            judged.append(
                tile.holds((left - tile_left, top - tile_top, left + side - tile_left, top + side - tile_top))
            )
    assert any(judged) or side > min(width, height)


def test_what_is_cut_by_a_tile_is_left_to_its_neighbour() -> None:
    first, second = cut(SIDE + 200, 100)
    assert first.holds((SIDE - 100, 10, SIDE - 40, 70))
    assert not first.holds((SIDE - 50, 10, SIDE, 70))
    assert not second.holds((0, 10, 40, 70))
    assert first.holds((0, 0, 60, 60))
    assert not first.holds((10, 10, 11 + OVERLAP, 60))
