"""Exact scans: the rows that can hold the best scores, with a proof that none was left out.

A scan reads the short copy of all rows (see `codes`), which says how near each can be at most. The scores of those that
can be among the nearest are then computed from their vectors, so the rows handed out are the very ones that a scan of
all vectors would find. With them comes a ceiling: the highest score that any other row can have. Whoever drops some of
the rows knows from it whether the list is certain, or a longer one is needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.codes import BLOCK, Codes, directed, least_distances
from engine.search.errors import IndexUnusable
from engine.search.space import Scores, Space, Vectors, exact_scores

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

# What float64 may round where a score is made a distance, the square root of numbers near zero included.
_WIDER, _AND = 1 + 1e-9, 1e-6

#: People whose probes are in one matrix product; of a million rows each takes 4 MB.
_TOGETHER = 32


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The rows that score best, and the highest score a row outside can have (minus infinity where none is outside)."""

    positions: Positions
    ceiling: float


class Scan:
    """One scan of an index for the probes of one person; `compared` counts the rows that were compared with them."""

    def __init__(self, space: Space, vectors: Vectors, probes: Vectors, least: Vectors, compared: int) -> None:
        """least: float32 [N], how near each row can be at most to any of the probes; infinite where it does not count.

        vectors: float32 [N, D], memory-mapped or not. probes: float32 [P, D].
        """
        self._space, self._vectors, self._probes = space, vectors, probes
        self._least = least
        self.compared = compared

    def shortlist(self, wanted: int) -> Shortlist:
        """The `wanted` rows that score highest with any of the probes, fewer only where fewer count; in no order.

        Raises IndexUnusable where vectors and codes contradict each other.
        """
        if wanted >= self.compared:
            return Shortlist(np.flatnonzero(np.isfinite(self._least)), -np.inf)
        likely = np.argpartition(self._least, wanted)[:wanted]
        worst = float(self._scores(likely).min())
        possible = np.flatnonzero(self._least <= self._distance(worst))
        if len(possible) < wanted:
            raise IndexUnusable(
                "The short copy of an index's vectors says of faces that they are farther than they are.",
                "Build it again: triage index build",
            )
        scores = self._scores(possible)
        order = np.argpartition(-scores, wanted - 1)
        left_out = scores[order[wanted:]]
        return Shortlist(possible[order[:wanted]], max(worst, float(left_out.max(initial=-np.inf))))

    def _scores(self, positions: Positions) -> Scores:
        """The best score of each row, float64 [n]."""
        parts = (positions[start : start + BLOCK] for start in range(0, len(positions), BLOCK))
        return np.concatenate(
            [exact_scores(self._space, self._probes, self._vectors[part]).max(axis=0) for part in parts]
        )

    def _distance(self, score: float) -> float:
        """A distance that no row with this score or a higher one exceeds."""
        distance = 1 - score if self._space.metric == "euclidean" else np.sqrt(max(2 - 2 * score, 0.0))
        return float(distance) * _WIDER + _AND


def scan_all(space: Space, vectors: Vectors, codes: Codes, probes: Vectors, allowed: Mask | None = None) -> Scan:
    """Scan for probes float32 [P, D] of one person among vectors float32 [N, D].

    allowed: bool [N], the rows that count; None says that all do.
    """
    least = np.empty(len(vectors), np.float32)
    for start, part in least_distances(codes, directed(space.metric, probes)):
        part.min(axis=0, out=least[start : start + part.shape[1]])
    if allowed is not None:
        least[~allowed] = np.inf
    compared = len(vectors) if allowed is None else int(np.count_nonzero(allowed))
    return Scan(space, vectors, probes, least, compared)


def scan_each(
    space: Space, vectors: Vectors, codes: Codes, people: Sequence[Vectors], allowed: Mask | None = None
) -> Iterator[Scan]:
    """As `scan_all` for each of some people, given by their probes float32 [P, D], many by one matrix product."""
    compared = len(vectors) if allowed is None else int(np.count_nonzero(allowed))
    for first in range(0, len(people), _TOGETHER):
        some = people[first : first + _TOGETHER]
        starts = np.cumsum([0, *map(len, some[:-1])])
        least = np.empty((len(some), len(vectors)), np.float32)
        for start, part in least_distances(codes, directed(space.metric, np.concatenate(some))):
            np.minimum.reduceat(part, starts, axis=0, out=least[:, start : start + part.shape[1]])
        if allowed is not None:
            least[:, ~allowed] = np.inf
        for probes, nearest in zip(some, least, strict=True):
            yield Scan(space, vectors, probes, nearest, compared)
