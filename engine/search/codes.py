"""A copy of an index's vectors with one byte a number, and for each row how far it can be from the true vector.

A vector v is written as c + s q + e: c the centre that all rows share, q whole numbers from -127 to 127, s the row's
step, and e what is lost, of which only the length is kept. A probe is written the same way. From the triangle
inequality follows how near a row can be at most:

    |v - p|  >=  |s q - t r| - |e| - |f|        with v = c + s q + e and p = c + t r + f

The product of the whole numbers q and r is exact. Every other rounding is float32's or finer, and what is kept of a row
is made smaller (its square) or larger (its loss) by more than they amount to.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numkong
import numpy as np
from numpy.typing import NDArray

from config.models import Metric
from engine.search.space import Vectors

Whole = NDArray[np.int8]
Wide = NDArray[np.float64]

#: Rows whose products are computed at once: what one probe needs of them fits into a core's own cache.
BLOCK = 16_384

_LARGEST = 127
# The distance's square is made of |s q|**2, |t r|**2 and 2 s t qr; none of the sums and products on the way is larger
# than twice S, the sum of the two squares. With unit roundoff u = 2**-24 it takes at most eight roundings of at most
# 2 u S each; a square root and two differences follow, as squares together at most 12 u S (Higham, Accuracy and
# Stability of Numerical Algorithms, section 3.1). Taking 32 u away from each square beforehand is more than these 28.
_LESS = 1 - 2.0**-19
# What float64 may lose while a row is taken apart, as a share of the loss and of row and centre: far above 2**-53 D.
_MORE, _OF_ROW = 1 + 1e-6, 1e-9


@dataclass(frozen=True, slots=True)
class Codes:
    """Rows in short.

    centre: float64 [D]. values: int8 [N, D], q. steps, squares, losses: float32 [N], s, |s q|**2 and |e|, the last two
    on the safe side.
    """

    centre: Wide
    values: Whole
    steps: Vectors
    squares: Vectors
    losses: Vectors


def directed(metric: Metric, vectors: Vectors) -> Wide:
    """The vectors as float64 [N, D] as their metric sees them: of length 1 where it is cosine.

    There a score is 1 - d**2 / 2, with d the Euclidean distance.
    """
    wide = vectors.astype(np.float64)
    return wide if metric == "euclidean" else wide / np.linalg.norm(wide, axis=1, keepdims=True)


def centre_of(metric: Metric, vectors: Vectors) -> Wide:
    """A point in the middle of the rows, float64 [D], from 10,000 of them: the nearer it is, the smaller the losses.

    A median, so that a row far from all others does not draw it away.
    """
    if not len(vectors):
        return np.zeros(vectors.shape[1])
    centre: Wide = np.median(directed(metric, vectors[:: len(vectors) // 10_000 + 1]), axis=0)
    return centre


def encode(centre: Wide, directed_rows: Wide) -> Codes:
    """Rows float64 [n, D], as `directed` gives them, in short."""
    rows = directed_rows - centre
    steps = (np.abs(rows).max(axis=1, initial=0) / _LARGEST).astype(np.float32)
    wide_steps = steps.astype(np.float64)[:, None]
    scaled = np.divide(rows, wide_steps, out=np.zeros_like(rows), where=wide_steps > 0)
    values = np.clip(np.rint(scaled), -_LARGEST, _LARGEST).astype(np.int8)
    kept = wide_steps * values
    lost = (
        np.linalg.norm(rows - kept, axis=1) * _MORE + (np.linalg.norm(rows, axis=1) + np.linalg.norm(centre)) * _OF_ROW
    )
    squares = (np.einsum("nd,nd->n", kept, kept) * _LESS).astype(np.float32)
    return Codes(centre, values, steps, squares, np.nextafter(lost.astype(np.float32), np.float32(np.inf)))


def least_distances(codes: Codes, directed_probes: Wide) -> Iterator[tuple[int, Vectors]]:
    """How near each row can be at most to each of the probes, float64 [P, D].

    Gives blocks: the number of the first row, and float32 [P, n].
    """
    probes = encode(codes.centre, directed_probes)
    product = _one_probe(probes.values) if len(probes.values) == 1 else _many_probes(probes.values)
    for start in range(0, len(codes.values), BLOCK):
        part = slice(start, start + BLOCK)
        least = product(codes.values[part])
        least *= codes.steps[part]
        least *= -2 * probes.steps[:, None]
        least += codes.squares[part]
        least += probes.squares[:, None]
        np.maximum(least, 0, out=least)
        np.sqrt(least, out=least)
        least -= codes.losses[part]
        least -= probes.losses[:, None]
        yield start, least


def _one_probe(probe: Whole) -> Callable[[Whole], Vectors]:

    def product(rows: Whole) -> Vectors:
        return np.asarray(numkong.cdist(probe, rows, metric="dot")).astype(np.float32)

    return product


def _many_probes(probes: Whole) -> Callable[[Whole], Vectors]:
    packed = numkong.dots_pack(probes)

    def product(rows: Whole) -> Vectors:
        return np.asarray(numkong.dots_packed(rows, packed)).T.astype(np.float32, order="C")

    return product
