"""Turns a picture into terminal cells: block glyphs, each with the two colours that come closest to its eight pixels.

Sending colours is what costs over SSH, so neighbours in a row share theirs where the picture hardly changes by it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Pixels of a cell, across and down. A cell is about twice as high as wide, so its pixels are square.
PIXEL_COLUMNS, PIXEL_ROWS = 2, 4

#: First the sixteen masks of four quadrants (bit 0 top left, 1 top right, 2 bottom left, 3 bottom right; a set bit
#: shows the foreground), then the lower quarter and the lower three quarters, for brows, lids and lips. All are Unicode
#: block elements (U+2580 to U+259F), which terminal fonts have had for decades.
GLYPHS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█▂▆"

#: Colours are multiples of this (and 255): a face looks the same, and neighbours share colours more often.
COLOUR_STEP = 8

#: What a change of colours between neighbours must save to be made: the error of a whole cell that is this many levels
#: (of 0 to 255, root mean square) away from its pixels. On two portraits in panes of 40 x 20 and 60 x 30 cells, 10
#: saves half of the bytes and costs 0.2 to 0.8 dB.
CHANGE_LEVELS = 10.0

_QUADRANTS = np.kron(np.eye(4).reshape(4, 2, 2), np.ones((1, 2, 1))).reshape(4, 8)
_BANDS = np.array([[0, 0, 0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 1, 1, 1, 1]], dtype=np.float64)

# A glyph shows a sum of these pieces in the foreground: any of the four quadrants, or one band alone.
_PIECES = np.concatenate([_QUADRANTS, _BANDS])

# The pixels that each split shows in the foreground. A mask and its complement split a cell alike with the colours
# swapped, so the eight masks with bit 0 set stand for all. The undivided cell is first, to win where nothing is gained.
_MASKS = np.array([15, 1, 3, 5, 7, 9, 11, 13])
_SPLITS = np.concatenate([((_MASKS[:, None] >> np.arange(4)) & 1) @ _QUADRANTS, _BANDS])
_SPLIT_SIZES = np.stack([8 - _SPLITS.sum(axis=1), _SPLITS.sum(axis=1)])


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A picture as cells.

    `glyphs` is uint8 [rows, columns], an index into `GLYPHS`; the two colours are uint8 RGB [rows, columns, 3].
    """

    glyphs: NDArray[np.uint8]
    foreground: NDArray[np.uint8]
    background: NDArray[np.uint8]


def encode(pixels: NDArray[np.uint8], *, change_levels: float = CHANGE_LEVELS) -> Cells:
    """Encode RGB pixels, uint8 [4 x rows, 2 x columns, 3], as rows x columns cells.

    `change_levels` is explained at `CHANGE_LEVELS`; with 0 every cell has its own best colours.
    Raises ValueError where the pixels do not fill whole cells.
    """
    rows, odd_rows = divmod(pixels.shape[0], PIXEL_ROWS)
    columns, odd_columns = divmod(pixels.shape[1], PIXEL_COLUMNS)
    if odd_rows or odd_columns or not pixels.size:
        raise ValueError(f"{pixels.shape[1]} x {pixels.shape[0]} pixels do not fill cells of 2 x 4")
    blocks = pixels.reshape(rows, PIXEL_ROWS, columns, PIXEL_COLUMNS, 3).transpose(0, 2, 4, 1, 3)
    cells = blocks.reshape(rows, columns, 3, PIXEL_ROWS * PIXEL_COLUMNS).astype(np.float32)
    background, foreground = _best_colours(cells)
    source = _columns_to_share(cells, background, foreground, change_levels)[..., None]
    background = np.take_along_axis(background, source, axis=1)
    foreground = np.take_along_axis(foreground, source, axis=1)
    glyphs = _best_glyphs(cells, background, foreground)
    return Cells(glyphs, foreground.astype(np.uint8), background.astype(np.uint8))


def _best_colours(cells: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The background and the foreground of each cell's best split, each [rows, columns, 3].

    Splitting into groups with sums S and sizes n leaves the least squared error where the sum of S^2 / n is largest.
    """
    sums = np.stack([cells @ (1 - _SPLITS).T.astype(np.float32), cells @ _SPLITS.T.astype(np.float32)])
    sizes = np.maximum(_SPLIT_SIZES, 1)
    # Times 24, which all sizes divide, the shares are whole numbers and equal ones compare as equal.
    kept = ((sums**2).sum(axis=-2, dtype=np.float64) * (24 / sizes)[:, None, None]).sum(axis=0)
    chosen = kept.argmax(axis=-1)
    means = np.take_along_axis(sums, chosen[None, :, :, None, None], axis=-1)[..., 0] / sizes[:, chosen][..., None]
    background, foreground = np.minimum(np.rint(means / COLOUR_STEP) * COLOUR_STEP, 255).astype(np.float32)
    background[chosen == 0] = foreground[chosen == 0]
    return background, foreground


def _columns_to_share(
    cells: NDArray[np.float32], backgrounds: NDArray[np.float32], foregrounds: NDArray[np.float32], change_levels: float
) -> NDArray[np.intp]:
    """For each cell the column of its row whose colours it takes, so that errors plus price of changes are least.

    The least total is found exactly, row by row, by dynamic programming over (cell, colours in use).
    """
    rows, columns = cells.shape[:2]
    price = change_levels**2 * cells[0, 0].size
    errors = _errors(cells, backgrounds, foregrounds)
    row = np.arange(rows)
    totals = errors[:, 0]
    stays = np.zeros((rows, columns, columns), dtype=bool)
    cheapest = np.zeros((rows, columns), dtype=np.intp)
    for column in range(1, columns):
        cheapest[:, column] = totals.argmin(axis=1)
        changed = totals[row, cheapest[:, column]] + price
        stays[:, column] = totals <= changed[:, None]
        totals = errors[:, column] + np.minimum(totals, changed[:, None])

    taken = np.empty((rows, columns), dtype=np.intp)
    taken[:, -1] = totals.argmin(axis=1)
    for column in range(columns - 1, 0, -1):
        now = taken[:, column]
        taken[:, column - 1] = np.where(stays[row, column, now], now, cheapest[:, column])
    return taken


def _errors(
    cells: NDArray[np.float32], backgrounds: NDArray[np.float32], foregrounds: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The squared error of each cell in the colours of each column of its row: [rows, columns, columns (colours)].

    Less the sum of the cell's squared pixels, which is the same whatever the colours.
    """
    changes = _piece_terms(cells) @ _colour_terms(backgrounds, foregrounds).transpose(0, 2, 1)
    quadrants = np.minimum(changes[:4], 0).sum(axis=0)
    all_background = 8 * _squares(backgrounds)[:, None] - 2 * cells.sum(axis=-1) @ backgrounds.transpose(0, 2, 1)
    errors: NDArray[np.float32] = all_background + np.minimum(quadrants, changes[4:].min(axis=0))
    return errors.astype(np.float64)


def _best_glyphs(
    cells: NDArray[np.float32], background: NDArray[np.float32], foreground: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """The glyph that shows each cell best in its own two colours: [rows, columns]."""
    changes = (_piece_terms(cells) * _colour_terms(background, foreground)).sum(axis=-1)
    quadrants, bands = changes[:4], changes[4:]
    mask = np.tensordot(1 << np.arange(4), quadrants < 0, axes=1)
    is_band = bands.min(axis=0) < np.minimum(quadrants, 0).sum(axis=0)
    return np.where(is_band, 16 + bands.argmin(axis=0), mask).astype(np.uint8)


def _piece_terms(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a piece brings to the change of the error when it turns from background to foreground: [pieces, .., 4].

    With n pixels p in the piece the change is n (|f|^2 - |b|^2) - 2 sum(p) . (f - b), a product of these terms and
    `_colour_terms`. All are whole numbers below 2^24, which float32 holds exactly: every machine chooses alike.
    """
    sums = np.moveaxis(cells @ _PIECES.T.astype(np.float32), -1, 0)
    sizes = np.broadcast_to(_PIECES.sum(axis=1)[:, None, None, None], (*sums.shape[:-1], 1))
    return np.concatenate([-2 * sums, sizes.astype(np.float32)], axis=-1)


def _colour_terms(background: NDArray[np.float32], foreground: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate([foreground - background, (_squares(foreground) - _squares(background))[..., None]], axis=-1)


def _squares(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    squares: NDArray[np.float32] = (colours**2).sum(axis=-1)
    return squares
