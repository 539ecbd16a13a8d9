"""The errors worth looking at first: often it is the label that is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.search.evaluation.comparisons import Comparisons
from engine.search.evaluation.searches import NEVER, NOBODY, Searches
from engine.search.evaluation.tables import LabelledPair, LabelledPicture

#: Errors of each kind that a report shows.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class MissedSearch:
    """A search whose person was not first, or not above the threshold; stranger: the best picture of anybody else."""

    file: str
    identity: str
    rank: int
    mate: str
    mate_score: float
    stranger: str | None
    stranger_identity: str | None
    stranger_score: float | None


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """A search in which somebody else scored above the threshold."""

    file: str
    identity: str
    stranger: str
    stranger_identity: str
    score: float


@dataclass(frozen=True, slots=True)
class WorstPair:
    """A pair that was judged wrongly."""

    a: str
    b: str
    score: float


def missed_searches(table: Sequence[LabelledPicture], found: Searches, threshold: float) -> list[MissedSearch]:
    """Those of enrolled pictures, the worst rank first and the lowest score first among equals."""
    missed = found.mated & (found.rank < NEVER) & ((found.rank > 1) | ~(found.mate_score > threshold))
    rows = np.flatnonzero(missed)
    return [
        _missed(table, found, row) for row in rows[np.lexsort((found.mate_score[rows], -found.rank[rows]))].tolist()
    ]


def false_alarms(table: Sequence[LabelledPicture], found: Searches, threshold: float) -> list[FalseAlarm]:
    """Those above the threshold, the highest score first; two pictures that find each other are told once."""
    rows = np.flatnonzero(found.non_mated & (found.stranger_score > threshold))
    alarms: dict[frozenset[int], FalseAlarm] = {}
    for row in rows[np.argsort(-found.stranger_score[rows], kind="stable")].tolist():
        stranger = int(found.stranger[row])
        alarms.setdefault(
            frozenset((row, stranger)),
            FalseAlarm(
                file=table[row].file,
                identity=table[row].identity,
                stranger=table[stranger].file,
                stranger_identity=table[stranger].identity,
                score=float(found.stranger_score[row]),
            ),
        )
    return list(alarms.values())


def missed_pairs(table: Sequence[LabelledPair], compared: Comparisons, threshold: float) -> list[WorstPair]:
    """Pairs of one person not above the threshold, the lowest score first."""
    rows = np.flatnonzero(compared.same & compared.scored & ~(compared.score > threshold))
    return _pairs(table, compared, rows[np.argsort(compared.score[rows], kind="stable")].tolist())


def false_pairs(table: Sequence[LabelledPair], compared: Comparisons, threshold: float) -> list[WorstPair]:
    """Pairs of two people above the threshold, the highest score first."""
    rows = np.flatnonzero(compared.different & (compared.score > threshold))
    return _pairs(table, compared, rows[np.argsort(-compared.score[rows], kind="stable")].tolist())


def _missed(table: Sequence[LabelledPicture], found: Searches, row: int) -> MissedSearch:
    stranger = int(found.stranger[row])
    known = stranger != NOBODY
    return MissedSearch(
        file=table[row].file,
        identity=table[row].identity,
        rank=int(found.rank[row]),
        mate=table[int(found.mate[row])].file,
        mate_score=float(found.mate_score[row]),
        stranger=table[stranger].file if known else None,
        stranger_identity=table[stranger].identity if known else None,
        stranger_score=float(found.stranger_score[row]) if known else None,
    )


def _pairs(table: Sequence[LabelledPair], compared: Comparisons, rows: list[int]) -> list[WorstPair]:
    return [WorstPair(table[row].a, table[row].b, float(compared.score[row])) for row in rows]
