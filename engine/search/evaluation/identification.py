"""The figures of finding people among others: FNIR at FPIR, CMC, by group, and the searches that went worst.

Terms are those of NIST FRTE 1:N. FNIR at a rank and a threshold is the share of mated searches that miss: the person is
outside that rank or does not score above the threshold, or a picture could not be enrolled. FPIR is the share of
non-mated searches in which anybody scores above it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search import metrics
from engine.search.evaluation import curves, worst
from engine.search.evaluation.bootstrap import Estimate, estimates
from engine.search.evaluation.curves import DetPoint, Histogram
from engine.search.evaluation.enrolment import Enrolment, Failure
from engine.search.evaluation.groups import Grouping, Trials
from engine.search.evaluation.properties import by_properties, rejections
from engine.search.evaluation.rarity_check import RarityCheck
from engine.search.evaluation.rejection import Rejection
from engine.search.evaluation.searches import NEVER, Searches
from engine.search.evaluation.tables import LabelledPicture
from engine.search.evaluation.trade_off import TradeOff
from engine.search.evaluation.worst import FalseAlarm, MissedSearch
from engine.search.metrics import AtRate

FPIR = (1e-1, 1e-2)
RANKS = (1, 5, 10)
#: Ranks and rates of the open-set table, which also have curves.
OPEN_SET_RANKS = (1, 10, 50)
OPEN_SET_FPIR = (1e-1, 1e-2, 1e-3)
#: The rate whose threshold stands for all where only one can be used: by group, and for the worst errors.
WORKING_FPIR = 1e-2
LONGEST_LIST = 50


@dataclass(frozen=True, slots=True)
class OpenSet:
    """FNIR at a rank where at most `allowed` non-mated searches, `fpir` of them, raise an alarm above `threshold`.

    With allowed = 0 the rate is finer than the searches can show.
    """

    rank: int
    fpir: float
    allowed: int
    threshold: float | None
    fnir: Estimate | None


@dataclass(frozen=True, slots=True)
class RankedDet:
    """FNIR against FPIR at one rank."""

    rank: int
    points: tuple[DetPoint, ...]


@dataclass(frozen=True, slots=True)
class IdentifyReport:
    """Figures of finding people: every picture of somebody with another picture searches for it among all others.

    mated: such searches. non_mated: searches, by every enrolled picture, among all other people. ranks: the share of
    mated searches whose person is among the first 1, 5 and 10. found_at_fpir: the share whose person is first and
    above the threshold (1 - FNIR). cmc: the share whose person is among the first 1, 2, 3 ... ended_at: how many mated
    searches found their person at rank 1, 2 to 10, 11 to 50, beyond, and never, because a picture was not enrolled.
    """

    pictures: int
    people: int
    failures: tuple[Failure, ...]
    mated: int
    non_mated: int
    ranks: dict[int, float | None]
    found_at_fpir: tuple[AtRate, ...]
    several_faces: tuple[str, ...]
    mated_people: int
    ended_at: tuple[int, int, int, int, int]
    cmc: tuple[Estimate | None, ...]
    open_set: tuple[OpenSet, ...]
    det: tuple[RankedDet, ...]
    scores: Histogram | None
    threshold: float | None
    groups: tuple[Grouping, ...]
    missed: tuple[MissedSearch, ...]
    false_alarms: tuple[FalseAlarm, ...]
    missed_in_all: int
    false_alarms_in_all: int
    rejection: tuple[Rejection, ...]
    rarity: RarityCheck | None


def identification(
    table: Sequence[LabelledPicture], enrolment: Enrolment, found: Searches, rarity: RarityCheck | None = None
) -> IdentifyReport:
    """Everything that is reported of the searches with each row of the table; rarity: how it held when tried."""
    mated, strangers = found.mated, found.stranger_score[found.non_mated]
    ranks, count = found.rank[mated], int(mated.sum())
    first = _limited(found, 1)[mated]
    working = metrics.passing(first, strangers, WORKING_FPIR)
    # Without strangers there is no threshold to set, and none to miss.
    threshold = -np.inf if working.threshold is None else working.threshold
    trials = _trials(found, threshold)
    cmc, open_set, det = _with_intervals(found)
    missed, false_alarms = worst.missed_searches(table, found, threshold), worst.false_alarms(table, found, threshold)
    return IdentifyReport(
        pictures=len(table),
        people=len(np.unique(found.person)),
        failures=enrolment.failures,
        mated=count,
        non_mated=len(strangers),
        ranks={rank: float((ranks <= rank).sum()) / count if count else None for rank in RANKS},
        found_at_fpir=tuple(metrics.passing(first, strangers, rate) for rate in FPIR),
        several_faces=enrolment.several_faces,
        mated_people=len(np.unique(found.person[mated])),
        ended_at=_ended_at(ranks),
        cmc=cmc,
        open_set=open_set,
        det=det,
        scores=curves.histogram(found.mate_score[mated], strangers),
        threshold=working.threshold,
        groups=by_properties([(picture.file,) for picture in table], [row.further for row in table], enrolment, trials),
        missed=tuple(missed[: worst.SHOWN]),
        false_alarms=tuple(false_alarms[: worst.SHOWN]),
        missed_in_all=len(missed),
        false_alarms_in_all=len(false_alarms),
        rejection=rejections([(picture.file,) for picture in table], enrolment, trials),
        rarity=rarity,
    )


def _limited(found: Searches, rank: int) -> NDArray[np.float64]:
    """The mates' scores [N], minus infinity for those outside the rank."""
    return np.where(found.rank <= rank, found.mate_score, -np.inf)


def _trials(found: Searches, threshold: float) -> Trials:
    return Trials(
        mated=found.mated,
        missed=~(_limited(found, 1) > threshold),
        not_first=found.rank > 1,
        strangers=found.non_mated,
        passed=found.stranger_score > threshold,
        person_a=found.person,
        person_b=found.person,
    )


def _ended_at(ranks: NDArray[np.int64]) -> tuple[int, int, int, int, int]:
    first, ten, fifty, enrolled = (int((ranks <= limit).sum()) for limit in (1, 10, 50, NEVER - 1))
    return first, ten - first, fifty - ten, enrolled - fifty, len(ranks) - enrolled


def _with_intervals(
    found: Searches,
) -> tuple[tuple[Estimate | None, ...], tuple[OpenSet, ...], tuple[RankedDet, ...]]:
    """The CMC, the open-set table and its curves, from one drawing of people."""
    mated, non_mated = found.mated, found.non_mated
    strangers = found.stranger_score[non_mated]
    mate_of, stranger_of = found.person[mated], found.person[non_mated]
    trade_offs = [TradeOff(_limited(found, rank)[mated], strangers) for rank in OPEN_SET_RANKS]
    drawn = curves.rates(len(strangers))
    rates = np.concatenate([OPEN_SET_FPIR, drawn])
    listed = np.minimum(found.rank[mated] - 1, LONGEST_LIST)

    def figures(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        mates, others = weights[mate_of], weights[stranger_of]
        reached = np.cumsum(np.bincount(listed, mates, minlength=LONGEST_LIST + 1))
        cmc = reached[:LONGEST_LIST] / reached[-1] if reached[-1] else np.full(LONGEST_LIST, np.nan)
        return np.concatenate([cmc, *(one.missed(rates, mates, others) for one in trade_offs)])

    size = LONGEST_LIST + len(rates) * len(trade_offs)
    people = 1 + int(found.person.max())
    found_figures = estimates(figures, people, np.full(size, len(np.unique(mate_of))))
    open_set: list[OpenSet] = []
    det: list[RankedDet] = []
    for place, rank in enumerate(OPEN_SET_RANKS):
        start = LONGEST_LIST + place * len(rates)
        missed = found_figures[start : start + len(rates)]
        for fpir, fnir in zip(OPEN_SET_FPIR, missed, strict=False):
            at = metrics.passing(np.empty(0), strangers, fpir)
            open_set.append(OpenSet(rank, fpir, at.allowed, at.threshold, fnir))
        det.append(RankedDet(rank, curves.det(drawn, missed[len(OPEN_SET_FPIR) :])))
    return tuple(found_figures[:LONGEST_LIST]), tuple(open_set), tuple(det)
