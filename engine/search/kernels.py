"""Exact scans: the rows that can hold the best scores, with a proof that none was left out.

A scan reads the short copy of all rows (see `codes`), which says how near each can be at most. The scores of those that
can be among the nearest are then computed from their vectors, so the rows handed out are the very ones that a scan of
all vectors would find. With them comes a ceiling: the highest score that any other row can have. Whoever drops some of
the rows knows from it whether the list is certain, or a longer one is needed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.codes import BLOCK, Codes, directed, least_distances
from engine.search.space import Scores, Space, Vectors, exact_scores

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

# What float64 may round where a score is made a distance, the square root of numbers near zero included.
_WIDER, _AND = 1 + 1e-9, 1e-6


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The rows that score best, and the highest score a row outside can have (minus infinity where none is outside)."""

    positions: Positions
    ceiling: float


class Scan:
    """One scan of an index for any number of probes; `compared` counts the rows that were compared with them."""

    def __init__(
        self, space: Space, vectors: Vectors, codes: Codes, probes: Vectors, allowed: Mask | None = None
    ) -> None:
        """vectors: float32 [N, D], memory-mapped or not, and their codes. probes: float32 [P, D].

        allowed: bool [N], the rows that count; None says that all do.
        """
        self._space, self._vectors, self._probes = space, vectors, probes
        self.compared = len(vectors) if allowed is None else int(np.count_nonzero(allowed))
        self._least = np.empty(len(vectors), np.float32)
        for start, least in least_distances(codes, directed(space.metric, probes)):
            self._least[start : start + len(least)] = least
        if allowed is not None:
            self._least[~allowed] = np.inf

    def shortlist(self, wanted: int) -> Shortlist:
        """The `wanted` rows that score highest with any of the probes, fewer only where fewer count; in no order."""
        if wanted >= self.compared:
            return Shortlist(np.flatnonzero(np.isfinite(self._least)), -np.inf)
        likely = np.argpartition(self._least, wanted)[:wanted]
        worst = float(self._scores(likely).min())
        possible = np.flatnonzero(self._least <= self._distance(worst))
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
