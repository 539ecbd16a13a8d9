"""Figures of merit, from scores alone: of comparing pairs, and of searching a gallery.

Every figure accepts what scores strictly above its threshold, and takes the threshold from the scores of strangers, so
that a figure "at FAR 1e-3" never rests on more false alarms than that. Terms: ISO/IEC 19795-1; FNIR and FPIR as in NIST
FRTE 1:N.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AtRate:
    """A share of successes where at most `allowed` of the strangers' scores pass: those above `threshold` do.

    share is None where there is nothing to count; with allowed = 0 the rate asked for is finer than the data can show.
    """

    rate: float
    allowed: int
    threshold: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The share of pairs judged rightly when pairs that score above the threshold are called the same person."""

    share: float
    threshold: float


def auc(same: Scores, different: Scores) -> float | None:
    """The chance that a pair of one person scores above a pair of two, ties counting half (Mann and Whitney 1947)."""
    if not len(same) or not len(different):
        return None
    ordered = np.sort(different)
    below = np.searchsorted(ordered, same, side="left")
    not_above = np.searchsorted(ordered, same, side="right")
    return float((below + not_above).sum() / (2 * len(same) * len(different)))


def eer(same: Scores, different: Scores) -> float | None:
    """The equal error rate: the mean of both error rates at the threshold where they are closest."""
    if not len(same) or not len(different):
        return None
    _, missed, false = _error_counts(same, different)
    missed_rate, false_rate = missed / len(same), false / len(different)
    closest = np.argmin(np.abs(missed_rate - false_rate))
    return float((missed_rate[closest] + false_rate[closest]) / 2)


def best_accuracy(same: Scores, different: Scores) -> Accuracy | None:
    """The highest accuracy any threshold reaches on these very pairs, hence flattering; the lowest such threshold."""
    if not len(same) and not len(different):
        return None
    thresholds, missed, false = _error_counts(same, different)
    best = int(np.argmin(missed + false))
    total = len(same) + len(different)
    return Accuracy(float(1 - (missed[best] + false[best]) / total), float(thresholds[best]))


def accuracy_at(same: Scores, different: Scores, threshold: float) -> Accuracy | None:
    """The accuracy at a threshold that was set before the pairs were seen."""
    total = len(same) + len(different)
    if not total:
        return None
    right = int((same > threshold).sum() + (different <= threshold).sum())
    return Accuracy(right / total, threshold)


def passing(successes: Scores, strangers: Scores, rate: float) -> AtRate:
    """The share of successes above the lowest threshold that at most `rate` of the strangers' scores pass.

    With pairs this is TAR at FAR; with the mates' scores of searches (minus infinity for a mate not at rank 1) and the
    best scores of searches without a mate it is 1 - FNIR at FPIR.
    """
    if not len(strangers):
        return AtRate(rate, 0, None, None)
    # A rate such as 0.1 of 70 is 7 although floating point says 7.000000000000001 or 6.999999999999999.
    allowed = math.floor(rate * len(strangers) + 1e-9)
    lowest_refused = len(strangers) - 1 - allowed
    threshold = float(np.sort(strangers)[lowest_refused]) if lowest_refused >= 0 else -math.inf
    share = float((successes > threshold).mean()) if len(successes) else None
    return AtRate(rate, allowed, threshold, share)


def _error_counts(same: Scores, different: Scores) -> tuple[Scores, NDArray[np.int64], NDArray[np.int64]]:
    """Every threshold that can matter, with how many same pairs it misses and how many different ones it lets pass."""
    thresholds = np.concatenate([[-np.inf], np.unique(np.concatenate([same, different]))])
    missed = np.searchsorted(np.sort(same), thresholds, side="right")
    false = len(different) - np.searchsorted(np.sort(different), thresholds, side="right")
    return thresholds, missed, false
