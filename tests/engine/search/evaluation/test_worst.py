"""The worst errors: which are told, in which order, and each once."""

from engine.search.evaluation import worst
from engine.search.evaluation.comparisons import compare_each
from engine.search.evaluation.enrolment import enrol
from engine.search.evaluation.searches import search_each
from engine.search.evaluation.tables import LabelledPair, LabelledPicture
from engine.search.evaluation.worst import WorstPair
from tests.engine.search.arrays import EUCLIDEAN
from tests.engine.search.evaluation.labelled import ROOT, Model

MODEL = Model({"a1": 1, "a2": 3, "b1": 1.5, "c1": 9, "c2": 9.25})


def test_searches_that_went_wrong_come_worst_first_and_a_mutual_alarm_once() -> None:
    table = [LabelledPicture(name, name[0]) for name in ("a1", "a2", "b1", "c1", "c2", "c3")]
    found = search_each(table, enrol([one.file for one in table], ROOT, MODEL, EUCLIDEAN).vectors, EUCLIDEAN)
    # a1 finds b1 (0.5) before a2 (-1), a2 finds b1 (-0.5) before a1; c3 has no face and is told among the failures.
    missed = worst.missed_searches(table, found, 0.4)
    assert [(one.file, one.rank, one.mate, one.stranger) for one in missed] == [
        ("a1", 2, "a2", "b1"),
        ("a2", 2, "a1", "b1"),
    ]
    below = worst.missed_searches(table, found, 0.8)
    assert [(one.file, one.rank) for one in below] == [("a1", 2), ("a2", 2), ("c1", 1), ("c2", 1)]
    alarms = worst.false_alarms(table, found, -0.9)
    assert [(one.file, one.stranger, one.score) for one in alarms] == [("a1", "b1", 0.5), ("a2", "b1", -0.5)]
    assert worst.false_alarms(table, found, 0.5) == [], "what is at the threshold does not pass"


def test_pairs_that_went_wrong_come_worst_first() -> None:
    names = (("a1", "a2", True), ("a1", "b1", True), ("a2", "b1", False), ("c1", "c2", False), ("a1", "c3", True))
    table = [LabelledPair(a, b, same) for a, b, same in names]
    vectors = enrol([file for one in table for file in (one.a, one.b)], ROOT, MODEL, EUCLIDEAN).vectors
    compared = compare_each(table, vectors, EUCLIDEAN)
    assert worst.missed_pairs(table, compared, 0.6) == [WorstPair("a1", "a2", -1.0), WorstPair("a1", "b1", 0.5)]
    assert worst.false_pairs(table, compared, -0.6) == [WorstPair("c1", "c2", 0.75), WorstPair("a2", "b1", -0.5)]
