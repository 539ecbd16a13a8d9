"""Points of the curves that a report draws, and the counts of its histograms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.bootstrap import Estimate

Floats = NDArray[np.float64]

#: Points of an error trade-off, evenly spread over its logarithmic axis.
_POINTS = 48
_BINS = 40


@dataclass(frozen=True, slots=True)
class DetPoint:
    """The share of mates missed where at most `rate` of the strangers pass."""

    rate: float
    missed: Estimate


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many scores lie between each two neighbouring edges [B + 1], the last edge included: [B] of each kind.

    without_score: mates that have none, because a picture could not be enrolled.
    """

    edges: tuple[float, ...]
    mates: tuple[int, ...]
    strangers: tuple[int, ...]
    without_score: int


def rates(strangers: int) -> Floats:
    """The false-alarm rates that so many strangers can show, 1 / strangers to 1, thinned to a curve's points."""
    if not strangers:
        return np.empty(0)
    counts = np.unique(np.round(np.geomspace(1, strangers, _POINTS)))
    return np.asarray(counts / strangers, np.float64)


def det(at: Floats, missed: list[Estimate | None]) -> tuple[DetPoint, ...]:
    """The points of a curve: the rates [R] with what was missed at each, where anything could be."""
    return tuple(
        DetPoint(float(rate), estimate) for rate, estimate in zip(at, missed, strict=True) if estimate is not None
    )


def histogram(mates: Floats, strangers: Floats) -> Histogram | None:
    """The scores of mates and strangers counted over the same bins; None where there are none."""
    scored = mates[np.isfinite(mates)]
    both = np.concatenate([scored, strangers])
    if not len(both):
        return None
    edges = np.histogram_bin_edges(both, bins=_BINS)
    return Histogram(
        edges=tuple(edges.tolist()),
        mates=tuple(np.histogram(scored, edges)[0].tolist()),
        strangers=tuple(np.histogram(strangers, edges)[0].tolist()),
        without_score=len(mates) - len(scored),
    )
