"""Cuts a view into overlapping tiles, so that a picture of any size is looked at in full detail with bounded memory.

What is small enough to lie within the overlap is whole in at least one tile, so a face at a tile's edge can be left to
the tile beside it: no face is found twice and none in halves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.vision.types import Box
from engine.vision.views import View, part

SIDE = 1280
"""Pixels: the longest side of a tile. Larger ones take more memory, smaller ones share more of their pixels."""

OVERLAP = 160
"""Pixels that neighbouring tiles share at least, and the longest side of a face that is looked for in them."""

# A box this close to where a tile was cut, in pixels, may be that of a face that goes on beyond.
_NEAR = 2.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a larger view; cut: where it does not end with that view, on its left, top, right and bottom."""

    view: View
    cut: tuple[bool, bool, bool, bool]

    def holds(self, box: Box) -> bool:
        """Whether a box, in the tile's pixels, is small enough to be judged here, and not for a neighbour to judge."""
        height, width = self.view.pixels.shape[:2]
        x1, y1, x2, y2 = box
        at_edge = (x1 < _NEAR, y1 < _NEAR, x2 > width - _NEAR, y2 > height - _NEAR)
        return max(x2 - x1, y2 - y1) <= OVERLAP and not any(
            cut and at for cut, at in zip(self.cut, at_edge, strict=True)
        )


def tiles(view: View) -> Iterator[Tile]:
    """The tiles of a view, row by row, as equal as can be."""
    height, width = view.pixels.shape[:2]
    for top, bottom in _stretches(height):
        for left, right in _stretches(width):
            yield Tile(part(view, left, top, right, bottom), (left > 0, top > 0, right < width, bottom < height))


def _stretches(length: int) -> list[tuple[int, int]]:
    """Where the tiles of one direction begin and end."""
    if length <= SIDE:
        return [(0, length)]
    count = -(-(length - OVERLAP) // (SIDE - OVERLAP))
    return [(start, start + SIDE) for start in (round(i * (length - SIDE) / (count - 1)) for i in range(count))]
