"""The figures of comparing pairs: false rejects against false accepts, by group, and the pairs that went worst.

FRR (1 - TAR) is the share of pairs of one person that do not score above a threshold, failures to enrol among them; FAR
the share of pairs of two people that do (ISO/IEC 19795-1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search import metrics
from engine.search.evaluation import curves, worst
from engine.search.evaluation.bootstrap import Estimate, estimates
from engine.search.evaluation.comparisons import Comparisons
from engine.search.evaluation.curves import DetPoint, Histogram
from engine.search.evaluation.enrolment import Enrolment, Failure
from engine.search.evaluation.groups import Grouping, Trials
from engine.search.evaluation.properties import by_properties, rejections
from engine.search.evaluation.rejection import Rejection
from engine.search.evaluation.tables import LabelledPair
from engine.search.evaluation.trade_off import TradeOff
from engine.search.evaluation.worst import WorstPair
from engine.search.metrics import Accuracy, AtRate

FAR = (1e-2, 1e-3, 1e-4)


@dataclass(frozen=True, slots=True)
class AtFar:
    """FRR where at most `allowed` pairs of two people, `far` of them, score above `threshold`.

    With allowed = 0 the rate is finer than the pairs can show.
    """

    far: float
    allowed: int
    threshold: float | None
    frr: Estimate | None


@dataclass(frozen=True, slots=True)
class PairReport:
    """Figures of comparing pairs; same, different: how many pairs there are of each; None where there are too few.

    `set_threshold` is the accuracy at the threshold given, `best` that at the best one for these very pairs. people: as
    far as pairs of one person tell. compared: pairs of both kinds whose pictures have a face. contradicting: pairs
    labelled as two people that other pairs make one. frr, far: at the threshold given.
    """

    same: int
    different: int
    failures: tuple[Failure, ...]
    best: Accuracy | None
    set_threshold: Accuracy | None
    auc: float | None
    eer: float | None
    tar_at_far: tuple[AtRate, ...]
    pictures: int
    people: int
    compared: tuple[int, int]
    several_faces: tuple[str, ...]
    contradicting: tuple[WorstPair, ...]
    threshold: float
    frr: Estimate | None
    far: Estimate | None
    auc_interval: Estimate | None
    eer_interval: Estimate | None
    frr_at_far: tuple[AtFar, ...]
    det: tuple[DetPoint, ...]
    scores: Histogram | None
    groups: tuple[Grouping, ...]
    missed: tuple[WorstPair, ...]
    false_alarms: tuple[WorstPair, ...]
    missed_in_all: int
    false_alarms_in_all: int
    rejection: tuple[Rejection, ...]


def verification(
    table: Sequence[LabelledPair], enrolment: Enrolment, compared: Comparisons, *, threshold: float
) -> PairReport:
    """Everything that is reported of the comparisons of each row of the table."""
    same, different = compared.score[compared.same], compared.score[compared.different]
    missed = worst.missed_pairs(table, compared, threshold)
    false_alarms = worst.false_pairs(table, compared, threshold)
    drawn = curves.rates(len(different))
    auc, eer, frr, far, *missed_at = _with_intervals(compared, threshold, np.concatenate([FAR, drawn]))
    return PairReport(
        same=len(same),
        different=int((~compared.same).sum()),
        failures=enrolment.failures,
        best=metrics.best_accuracy(same, different),
        set_threshold=metrics.accuracy_at(same, different, threshold),
        auc=metrics.auc(same, different),
        eer=metrics.eer(same, different),
        tar_at_far=tuple(metrics.passing(same, different, rate) for rate in FAR),
        pictures=len({file for pair in table for file in (pair.a, pair.b)}),
        people=_people(compared),
        compared=(int((compared.same & compared.scored).sum()), len(different)),
        several_faces=enrolment.several_faces,
        contradicting=tuple(_named(table, compared)),
        threshold=threshold,
        frr=frr,
        far=far,
        auc_interval=auc,
        eer_interval=eer,
        frr_at_far=tuple(_at_far(different, rate, frr_at) for rate, frr_at in zip(FAR, missed_at, strict=False)),
        det=curves.det(drawn, missed_at[len(FAR) :]),
        scores=curves.histogram(same, different),
        groups=by_properties(
            [(pair.a, pair.b) for pair in table],
            [pair.further for pair in table],
            enrolment,
            _trials(compared, threshold),
        ),
        missed=tuple(missed[: worst.SHOWN]),
        false_alarms=tuple(false_alarms[: worst.SHOWN]),
        missed_in_all=len(missed),
        false_alarms_in_all=len(false_alarms),
        rejection=rejections([(pair.a, pair.b) for pair in table], enrolment, _trials(compared, threshold)),
    )


def _trials(compared: Comparisons, threshold: float) -> Trials:
    passing = compared.score > threshold
    return Trials(
        mated=compared.same,
        missed=~passing,
        not_first=None,
        strangers=compared.different,
        passed=passing,
        person_a=compared.person_a,
        person_b=compared.person_b,
    )


def _people(compared: Comparisons) -> int:
    return 1 + int(max(compared.person_a.max(), compared.person_b.max()))


def _at_far(different: NDArray[np.float64], rate: float, frr: Estimate | None) -> AtFar:
    at = metrics.passing(np.empty(0), different, rate)
    return AtFar(rate, at.allowed, at.threshold, frr)


def _named(table: Sequence[LabelledPair], compared: Comparisons) -> list[WorstPair]:
    rows = np.flatnonzero(compared.contradicting).tolist()
    return [WorstPair(table[row].a, table[row].b, float(compared.score[row])) for row in rows]


def _with_intervals(compared: Comparisons, threshold: float, rates: NDArray[np.float64]) -> list[Estimate | None]:
    """AUC, EER, FRR and FAR at the threshold, and FRR at each FAR [R], from one drawing of people.

    A pair of one person counts as often as the person was drawn, a pair of two as often as both: the product.
    """
    same, different = compared.same, compared.different
    mates, strangers = compared.score[same], compared.score[different]
    trade_off = TradeOff(mates, strangers)
    missed, passed = ~(mates > threshold), strangers > threshold

    def figures(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        one = weights[compared.person_a[same]]
        two = weights[compared.person_a[different]] * weights[compared.person_b[different]]
        alone = [trade_off.auc(one, two), trade_off.eer(one, two), _share(missed, one), _share(passed, two)]
        return np.concatenate([alone, trade_off.missed(rates, one, two)])

    rest_on = np.full(4 + len(rates), len(np.unique(compared.person_a[same])))
    rest_on[:2] = 0
    rest_on[3] = len(
        np.unique(np.sort(np.stack([compared.person_a, compared.person_b])[:, different], axis=0), axis=1).T
    )
    return estimates(figures, _people(compared), rest_on)


def _share(counted: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    total = weights.sum()
    return float(weights[counted].sum() / total) if total else float("nan")
