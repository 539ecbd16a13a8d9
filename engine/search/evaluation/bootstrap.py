"""How far a figure would move if other people of the same kind had been pictured: a bootstrap over people.

The pictures of one person succeed and fail together, so people are drawn and not pictures (the subsets bootstrap:
Bolle, Ratha and Pankanti 2004, Computer Vision and Image Understanding 93, 1-33). The same people are drawn every time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.intervals import none_in

Floats = NDArray[np.float64]
#: Figures [K] of the people when each counts as often as the weights [P] say; not a number for one that is undefined.
Statistic = Callable[[Floats], Floats]

REPLICATES = 1_000
SEED = 20_240_601
#: Percentiles of the replicates that bound an interval of 95 %.
_BOUNDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share that was found, and the 95 % interval from low to high that the choice of people leaves it."""

    share: float
    low: float
    high: float


def estimates(statistic: Statistic, people: int, rest_on: NDArray[np.int64]) -> list[Estimate | None]:
    """Each figure [K] of the statistic with its interval; None where there is nothing to count.

    people: how many there are to draw from. rest_on [K]: of how many people, or pairs of people, a figure counts
    errors; 0 for one that is no share of errors.
    """
    found = statistic(np.ones(people))
    drawn = _replicates(statistic, people, len(found))
    return [
        None if np.isnan(share) else _estimate(float(share), column[~np.isnan(column)], int(units))
        for share, column, units in zip(found, drawn.T, rest_on, strict=True)
    ]


def _replicates(statistic: Statistic, people: int, figures: int) -> Floats:
    """The statistic for REPLICATES draws of as many people as there are, with replacement: [REPLICATES, K]."""
    generator = np.random.default_rng(SEED)
    drawn = np.empty((REPLICATES, figures))
    for replicate in drawn:
        chosen = generator.integers(people, size=people)
        replicate[:] = statistic(np.bincount(chosen, minlength=people).astype(np.float64))
    return drawn


def _estimate(share: float, drawn: Floats, units: int) -> Estimate:
    """The bounds of the draws, widened by those who were not there to be drawn.

    A kind of person that is not among the people can be as frequent as the rule of three allows, and could fail, or
    succeed, altogether: without this nobody failing would leave an interval of no width.
    """
    low, high = np.percentile(drawn, _BOUNDS) if len(drawn) else (share, share)
    unseen = none_in(units) if units else 0.0
    # Percentiles need not hold the figure they were drawn around; an interval that is shown with it must.
    return Estimate(share, min(float(low), share * (1 - unseen)), max(float(high), share + (1 - share) * unseen))
