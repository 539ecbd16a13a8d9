"""Error against rejection: whether errors fall when the faces that measure worst are set aside.

The curve of ISO/IEC 29794-1 (error against discard; Grother and Tabassi 2007, IEEE Transactions on Pattern Analysis and
Machine Intelligence 29): the threshold stays, a share of the mated trials is set aside, worst measure first, and the
misses among the rest are counted. A measure that says nothing leaves the curve level.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.bootstrap import Estimate, estimates
from engine.search.evaluation.groups import FEWEST_PEOPLE, FEWEST_TRIALS, Trials

Floats = NDArray[np.float64]

#: Shares set aside.
SET_ASIDE = tuple(part / 50 for part in range(26))
#: The share by which a measure is judged.
JUDGED_AT = 0.2


@dataclass(frozen=True, slots=True)
class Rejection:
    """What is missed of the rest after each of SET_ASIDE, by one measure.

    best: the same if the misses themselves had been set aside first. gain: by how much misses fall, as a share of the
    trials, when JUDGED_AT is set aside; a measure predicts failure where its interval lies above 0.
    """

    name: str
    trials: int
    people: int
    missed: tuple[Estimate, ...]
    best: tuple[float, ...]
    gain: Estimate

    @property
    def predicts(self) -> bool:
        """Whether misses fall for certain."""
        return self.gain.low > 0


def rejection(name: str, values: Floats, trials: Trials) -> Rejection | None:
    """The curve of one measure: values [N], the higher the better, not a number without a face; None for too few."""
    rows = np.flatnonzero(trials.mated & np.isfinite(values))
    people = np.unique(trials.person_a[rows])
    if len(rows) < FEWEST_TRIALS or len(people) < FEWEST_PEOPLE:
        return None
    rows = rows[np.argsort(values[rows], kind="stable")]
    missed, who = trials.missed[rows].astype(np.float64), trials.person_a[rows]
    judged = SET_ASIDE.index(JUDGED_AT)

    def figures(weights: Floats) -> Floats:
        rest = _of_the_rest(missed, weights[who])
        return np.append(rest, rest[0] - rest[judged])

    everybody = 1 + int(max(trials.person_a.max(), trials.person_b.max()))
    *curve, gain = estimates(figures, everybody, np.zeros(len(SET_ASIDE) + 1, np.int64))
    if gain is None or any(one is None for one in curve):
        return None
    share = float(missed.mean())
    return Rejection(
        name=name,
        trials=len(rows),
        people=len(people),
        missed=tuple(one for one in curve if one is not None),
        best=tuple(max(0.0, share - aside) / (1 - aside) for aside in SET_ASIDE),
        gain=gain,
    )


def _of_the_rest(missed: Floats, weights: Floats) -> Floats:
    """The share missed after each of SET_ASIDE of the weight is set aside from the front; a trial can be cut in two."""
    total = weights.sum()
    if not total:
        return np.full(len(SET_ASIDE), np.nan)
    done = np.concatenate([[0.0], np.cumsum(weights)]) / total
    wrong = np.concatenate([[0.0], np.cumsum(missed * weights)]) / total
    aside = np.array(SET_ASIDE)
    return np.asarray((wrong[-1] - np.interp(aside, done, wrong)) / (1 - aside))
