"""Intervals for a share that was counted: Wilson's, and the rule of three where nothing was counted."""

import math

#: The 97.5 % point of the normal distribution: intervals of 95 %.
Z = 1.959964


def wilson(share: float, trials: float) -> tuple[float, float]:
    """The 95 % interval of a share seen in so many independent trials (Wilson 1927, score interval without correction).

    Chosen over Clopper and Pearson's because it needs no beta quantile and keeps its level on average at small counts;
    `trials` may be a fraction, as effective numbers are.
    """
    spread = Z * math.sqrt(share * (1 - share) / trials + Z**2 / (4 * trials**2))
    middle = share + Z**2 / (2 * trials)
    scale = 1 + Z**2 / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def none_in(trials: float) -> float:
    """The largest share that still leaves a 5 % chance of counting none in so many trials.

    The rule of three, 3 / n (Hanley and Lippman-Hand 1983, JAMA 249).
    """
    return min(1.0, 3 / trials)
