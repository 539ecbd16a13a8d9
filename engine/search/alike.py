"""Which pairs of two long lists of faces are alike enough, by matrix products in bounded memory.

A product in float32 is only nearly right, so it lets pass whatever may be alike enough; the score of each pair that
passes is then computed in float64 from its own two vectors, exactly as a search of one subject does.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.search.space import Scores, Space, Vectors

Places = NDArray[np.int64]

#: Rows of either side that are multiplied at once: 4,096 x 4,096 float32 scores are 64 MiB.
SIDE = 4_096
#: Pairs whose exact scores are computed at once: at 512 numbers a vector their differences are 64 MiB.
_PAIRS = 16_384


@dataclass(frozen=True, slots=True)
class Side:
    """Faces on one side: vectors float32 [N, D]; bins int64 [N], of what quality each is, as an index of floors."""

    vectors: Vectors
    bins: Places


@dataclass(frozen=True, slots=True)
class Alike:
    """Pairs that are alike enough: places on either side int64 [n], scores float64 [n]."""

    left: Places
    right: Places
    scores: Scores


def alike(space: Space, left: Side, right: Side, floors: tuple[float, ...]) -> Alike:
    """Every pair whose score is at least the floor of its poorer bin.

    floors: for each bin the lowest score that counts, infinite where none does. Sides longer than SIDE are taken in
    parts.
    """
    found = [
        _part(space, left, right, lefts, rights, floors) for lefts in _parts(left.bins) for rights in _parts(right.bins)
    ]
    parts = [part for part in found if len(part.left)]
    if not parts:
        return Alike(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    return Alike(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("left", "right", "scores")))


def paired_scores(space: Space, left: Vectors, right: Vectors) -> Scores:
    """The score float64 [n] of each row of the left with the same row of the right, the same that a search gives."""
    wide, other = left.astype(np.float64), right.astype(np.float64)
    if space.metric == "cosine":
        cosines: Scores = (_unit(wide) * _unit(other)).sum(axis=1)
        return cosines
    scores: Scores = 1 - np.sqrt(((other - wide) ** 2).sum(axis=1))
    return scores


def _part(
    space: Space, left: Side, right: Side, lefts: list[Places], rights: list[Places], floors: tuple[float, ...]
) -> Alike:
    pairs = []
    for (one, some), (other, others) in product(enumerate(lefts), enumerate(rights)):
        floor = floors[min(one, other)]
        if len(some) and len(others) and np.isfinite(floor):
            rows, columns = _passing(space, left.vectors[some], right.vectors[others], floor)
            pairs.append(_exactly(space, left, right, some[rows], others[columns], floor))
    if not pairs:
        return Alike(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
    return Alike(*(np.concatenate([getattr(pair, name) for pair in pairs]) for name in ("left", "right", "scores")))


def _parts(bins: Places) -> list[list[Places]]:
    """The places in parts of at most SIDE, those of one bin together: for each part a list by bin."""
    highest = int(bins.max(initial=-1)) + 1
    parts = [(start, bins[start : start + SIDE]) for start in range(0, len(bins), SIDE)]
    return [[start + np.flatnonzero(part == number) for number in range(highest)] for start, part in parts]


def _passing(space: Space, left: Vectors, right: Vectors, floor: float) -> tuple[Places, Places]:
    """The places of all pairs that reach the floor, and of some that a rounding below it."""
    # A bound on the relative rounding of a float32 sum of D products; see `kernels.py`.
    rounding = (left.shape[1] + 16) * 2.0**-23
    if space.metric == "cosine":
        return _places(_unit(left) @ _unit(right).T >= np.float32(floor - 2 * rounding))
    if floor > 1:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    # |l - r|^2 = |l|^2 + |r|^2 - 2 l.r as one product: the squares ride along as two more numbers of each vector.
    first, second = _squares(left), _squares(right)
    ones = np.ones
    one = np.hstack([-2 * left, first, ones((len(left), 1), np.float32)])
    other = np.hstack([right, ones((len(right), 1), np.float32), second])
    largest = float(np.sqrt(first.max()) + np.sqrt(second.max())) ** 2
    return _places(one @ other.T <= np.float32((1 - floor) ** 2 + 2 * rounding * largest))


def _places(passing: NDArray[np.bool_]) -> tuple[Places, Places]:
    found = np.flatnonzero(passing)
    rows, columns = np.divmod(found, passing.shape[1])
    return rows.astype(np.int64), columns.astype(np.int64)


def _exactly(space: Space, left: Side, right: Side, rows: Places, columns: Places, floor: float) -> Alike:
    """The exact scores of these pairs, those below the floor left out."""
    scores = np.empty(len(rows))
    for start in range(0, len(rows), _PAIRS):
        some = slice(start, start + _PAIRS)
        scores[some] = paired_scores(space, left.vectors[rows[some]], right.vectors[columns[some]])
    kept = scores >= floor
    return Alike(rows[kept], columns[kept], scores[kept])


def _squares(vectors: Vectors) -> Vectors:
    squares: Vectors = np.einsum("nd,nd->n", vectors, vectors)[:, None]
    return squares


def _unit(vectors: NDArray[Any]) -> NDArray[Any]:
    unit: NDArray[Any] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
