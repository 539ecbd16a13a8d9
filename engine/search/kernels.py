"""Exact scans of vectors in memory: the rows that can hold the best scores, with a proof that none was left out.

A kernel works in float32 and is only nearly right, so it hands out more rows than are wanted and with them a ceiling:
the highest score that any other row can have, the kernel's own rounding counted in. Whoever recomputes the scores of
the handed-out rows knows from it whether the list is certain, or a longer one is needed.
"""

import ctypes
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from config.models import Metric
from engine.search.space import Vectors

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Rows whose scores are computed at once: 16,384 x 128 float32 numbers are 8 MiB, about what a core's cache holds.
BLOCK = 16_384


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The rows that look best, and the highest score a row outside can have (minus infinity where none is outside)."""

    positions: Positions
    ceiling: float


class Kernel(Protocol):
    """One scan: `compared` counts the rows whose distance to the probes it computes."""

    compared: int

    def shortlist(self, wanted: int) -> Shortlist:
        """The `wanted` rows nearest to any probe, fewer only where fewer were compared; in no certain order."""


class WholeScan:
    """usearch's exact kernel: one probe against every row."""

    def __init__(self, metric: Metric, vectors: Vectors, probe: Vectors, *, threads: int) -> None:
        """vectors: float32 [N, D], memory-mapped or not, of length 1 where the metric is cosine. probe: float32 [D]."""
        self.compared = len(vectors)
        self._metric = metric
        self._vectors = vectors
        self._probe = probe if metric == "euclidean" else probe / np.linalg.norm(probe)
        self._threads = threads

    def shortlist(self, wanted: int) -> Shortlist:
        """The `wanted` rows nearest to the probe."""
        if not len(self._vectors):
            return _shortlist(self._metric, np.empty(0, np.int64), np.empty(0, np.float32), 0, 0)
        kind = "l2sq" if self._metric == "euclidean" else "ip"
        count = min(wanted, len(self._vectors))
        found = _usearch()(self._vectors, self._probe, count, kind, exact=True, threads=self._threads)
        distances = found.distances.astype(np.float64)
        # A sum of D squares has only positive terms: its rounding is a share of the sum. A product's is a share of 1.
        slack = _rounding(self._vectors) * (distances.max() if self._metric == "euclidean" else 1.0)
        return _shortlist(self._metric, found.keys.astype(np.int64), distances, self.compared, slack)


class FilteredScan:
    """numpy's matrix product: any number of probes against the rows that a mask allows."""

    def __init__(self, metric: Metric, vectors: Vectors, probes: Vectors, allowed: Mask) -> None:
        """vectors: float32 [N, D], of length 1 where the metric is cosine; probes: float32 [P, D]; allowed: bool [N]"""
        self._metric = metric
        self._positions = np.flatnonzero(allowed).astype(np.int64)
        self.compared = len(self._positions)
        lengths = np.linalg.norm(probes, axis=1)
        self._longest_row = 0.0
        self._longest_probe = float(lengths.max())
        self._probes = probes if metric == "euclidean" else probes / lengths[:, None]
        parts = [self._distances(part, allowed) for part in _blocks(vectors)]
        self._nearest = np.concatenate(parts) if parts else np.empty(0, np.float32)
        self._rounding = _rounding(vectors)

    def shortlist(self, wanted: int) -> Shortlist:
        """The `wanted` allowed rows nearest to any of the probes."""
        count = min(wanted, self.compared)
        order = np.argpartition(self._nearest, count)[:count] if count < self.compared else np.arange(count)
        # The distance is a difference of terms that are up to this large, and so is its rounding.
        largest = (self._longest_row + self._longest_probe) ** 2 if self._metric == "euclidean" else 1.0
        distances = self._nearest[order].astype(np.float64)
        return _shortlist(self._metric, self._positions[order], distances, self.compared, self._rounding * largest)

    def _distances(self, part: tuple[int, Vectors], allowed: Mask) -> Vectors:
        start, block = part
        chosen = allowed[start : start + len(block)]
        rows = block if chosen.all() else block[chosen]
        products = rows @ self._probes.T
        if self._metric == "cosine":
            cosines: Vectors = 1 - products.max(axis=1)
            return cosines
        squares = np.einsum("nd,nd->n", rows, rows)
        self._longest_row = max(self._longest_row, float(np.sqrt(squares.max(initial=0))))
        nearest: Vectors = squares + (np.einsum("pd,pd->p", self._probes, self._probes) - 2 * products).min(axis=1)
        return nearest


@cache
def _usearch() -> Callable[..., Any]:
    """usearch's search, loaded when first needed and so that it leaves other libraries alone.

    Its Linux wheel carries a C++ library of its own and would lend parts of it to whatever is loaded later: onnxruntime
    then crashes at its import (pytorch issue 109923 is of this kind). With the system's library in sight first, all use
    that one.
    """
    with suppress(OSError):
        ctypes.CDLL("libstdc++.so.6", mode=ctypes.RTLD_GLOBAL)
    from usearch.index import search

    return search


def _blocks(vectors: Vectors) -> list[tuple[int, Vectors]]:
    return [(start, vectors[start : start + BLOCK]) for start in range(0, len(vectors), BLOCK)]


def _rounding(vectors: Vectors) -> float:
    """A bound on the relative rounding of a float32 sum of D products: (D + 16) steps of 2**-23.

    Twice the textbook bound D * u with u = 2**-24 (Higham, Accuracy and Stability of Numerical Algorithms, section
    3.1), and 16 more steps for the conversions around it.
    """
    return float((vectors.shape[1] + 16) * 2.0**-23)


def _shortlist(
    metric: Metric, positions: Positions, distances: NDArray[np.floating], of: int, slack: float
) -> Shortlist:
    if len(positions) == of:
        return Shortlist(positions, -np.inf)
    nearest_outside = float(distances.max()) - slack
    ceiling = 1 - np.sqrt(max(nearest_outside, 0.0)) if metric == "euclidean" else 1 - nearest_outside
    return Shortlist(positions, float(ceiling))
