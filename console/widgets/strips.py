"""Pictures as lines of the screen: coloured cells, or characters with more and more ink where there is no colour."""

from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.widgets.cells import GLYPHS, PIXEL_COLUMNS, PIXEL_ROWS, Cells

Colour = tuple[int, int, int]

#: From black to white on a dark screen, each with more ink than the one before.
RAMP = " .:-=+*#%@"

# Brightness of sRGB values as ITU-R BT.601 weighs them.
_LUMA = np.array([0.299, 0.587, 0.114])


def colour_strips(cells: Cells) -> list[Strip]:
    """One strip per row of cells; neighbours with the same two colours are one segment."""
    lines = zip(cells.glyphs.tolist(), cells.background.tolist(), cells.foreground.tolist(), strict=True)
    return [_colour_strip(*line) for line in lines]


def ramp_strips(pixels: NDArray[np.uint8], style: Style) -> list[Strip]:
    """One strip per row of cells of RGB pixels, uint8 [4 x rows, 2 x columns, 3], each cell a character of `RAMP`."""
    height, width = pixels.shape[:2]
    rows, columns = height // PIXEL_ROWS, width // PIXEL_COLUMNS
    luma = (pixels @ _LUMA).reshape(rows, PIXEL_ROWS, columns, PIXEL_COLUMNS).mean(axis=(1, 3))
    steps = (luma / 256 * len(RAMP)).astype(int)
    return [Strip([Segment("".join(RAMP[step] for step in line), style)], columns) for line in steps.tolist()]


def _colour_strip(glyphs: list[int], background: list[list[int]], foreground: list[list[int]]) -> Strip:
    pairs = zip(map(tuple, background), map(tuple, foreground), strict=True)
    segments = [
        Segment("".join(GLYPHS[glyph] for _, glyph in run), _style(*pair))
        for pair, run in groupby(zip(pairs, glyphs, strict=True), key=lambda cell: cell[0])
    ]
    return Strip(segments, len(glyphs))


@lru_cache(maxsize=8192)
def _style(background: Colour, foreground: Colour) -> Style:
    # A cell of one colour is a space, which needs no foreground; leaving it out saves bytes.
    ink = None if foreground == background else Color.from_rgb(*foreground)
    return Style(color=ink, bgcolor=Color.from_rgb(*background))
