"""Misses against false alarms over every threshold, for scores that count as often as their weights say.

With every weight 1 the figures are those of `engine.search.metrics`; other weights are what resampling people needs.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A rate such as 0.1 of 70 is 7 although floating point says 7.000000000000001 or 6.999999999999999.
_ROUNDING = 1e-9


class TradeOff:
    """Scores that should pass (mates) and that should not (strangers), sorted once for any number of weightings."""

    def __init__(self, mates: Floats, strangers: Floats) -> None:
        """mates [M], minus infinity for one that cannot pass; strangers [S]."""
        self._mate_order, self._stranger_order = np.argsort(mates), np.argsort(strangers)
        ordered_mates, ordered = mates[self._mate_order], strangers[self._stranger_order]
        # Every threshold that can matter: below all, and each score; what scores above it passes.
        thresholds = np.concatenate([[-np.inf], np.unique(np.concatenate([mates, strangers]))])
        self._refused_mates = np.searchsorted(ordered_mates, thresholds, side="right")
        self._refused_strangers = np.searchsorted(ordered, thresholds, side="right")
        self._below = np.searchsorted(ordered, ordered_mates, side="left")
        self._not_above = np.searchsorted(ordered, ordered_mates, side="right")

    def missed(self, rates: Floats, mate_weights: Floats, stranger_weights: Floats) -> Floats:
        """The share of mates missed at the lowest threshold that at most each rate [R] of the strangers passes: [R].

        Not a number where there is no mate or no stranger.
        """
        passing, refused = self._error_weights(mate_weights, stranger_weights)
        total, mates = passing[0], mate_weights.sum()
        if not total or not mates:
            return np.full(len(rates), np.nan)
        # The weight that passes falls as thresholds rise, so that its negative is sorted.
        lowest = np.searchsorted(-passing, -(rates * total + _ROUNDING), side="left")
        return np.asarray(refused[lowest] / mates)

    def auc(self, mate_weights: Floats, stranger_weights: Floats) -> float:
        """The chance that a mate scores above a stranger, ties counting half; not a number where one is missing."""
        mates, strangers = mate_weights[self._mate_order], _running(stranger_weights[self._stranger_order])
        pairs = mates.sum() * strangers[-1]
        if not pairs:
            return float("nan")
        return float((mates * (strangers[self._below] + strangers[self._not_above])).sum() / (2 * pairs))

    def eer(self, mate_weights: Floats, stranger_weights: Floats) -> float:
        """The mean of both error rates at the threshold where they are closest; not a number as above."""
        passing, refused = self._error_weights(mate_weights, stranger_weights)
        total, mates = passing[0], mate_weights.sum()
        if not total or not mates:
            return float("nan")
        missed_rate, false_rate = refused / mates, passing / total
        closest = int(np.argmin(np.abs(missed_rate - false_rate)))
        return float((missed_rate[closest] + false_rate[closest]) / 2)

    def _error_weights(self, mate_weights: Floats, stranger_weights: Floats) -> tuple[Floats, Floats]:
        """At every threshold, the weight of the strangers that pass and of the mates that do not."""
        strangers = _running(stranger_weights[self._stranger_order])
        mates = _running(mate_weights[self._mate_order])
        return strangers[-1] - strangers[self._refused_strangers], mates[self._refused_mates]


def _running(weights: Floats) -> Floats:
    """The sum of the first 0, 1, 2 ... weights."""
    return np.concatenate([[0.0], np.cumsum(weights)])
