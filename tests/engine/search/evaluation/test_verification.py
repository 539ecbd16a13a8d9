"""Comparing pairs: hand-worked figures, labels that contradict each other, and who a pair shows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.search import metrics
from engine.search.evaluation.comparisons import compare_each
from engine.search.evaluation.documents import document
from engine.search.evaluation.enrolment import Failure, enrol
from engine.search.evaluation.tables import LabelledPair
from tests.engine.search.arrays import EUCLIDEAN
from tests.engine.search.evaluation.labelled import ROOT, Model, compare


def test_pairs_worked_out_by_hand() -> None:
    model = Model({"a": 1, "b": 1.1, "c": 1.6, "d": 9})
    table = [
        LabelledPair("a", "b", True),  # 0.9
        LabelledPair("a", "c", True),  # 0.4
        LabelledPair("b", "d", False),  # -6.9
        LabelledPair("c", "d", False),  # -6.4
        LabelledPair("a", "blank", True),
        LabelledPair("d", "blank", False),
    ]
    report = compare(table, model, 0.45)
    assert (report.same, report.different, report.compared) == (3, 3, (2, 2))
    assert (report.pictures, report.people) == (5, 2), "blank shows the person of a, b and c"
    assert report.failures == (Failure("blank", "no face found"),)
    # Rightly judged above 0.45: a-b, b-d and c-d. The pair of one person with the blank picture is a miss.
    assert report.set_threshold.share == pytest.approx(3 / 5)
    assert report.best.share == pytest.approx(4 / 5)
    assert report.auc == report.auc_interval.share == pytest.approx(4 / 6)
    assert report.frr.share == pytest.approx(2 / 3)
    assert report.far.share == 0
    assert [(at.far, at.allowed) for at in report.frr_at_far] == [(1e-2, 0), (1e-3, 0), (1e-4, 0)]
    assert report.frr_at_far[0].frr.share == pytest.approx(1 / 3)
    assert [(one.a, one.b) for one in report.missed] == [("a", "c")]
    assert report.scores.without_score == 1


def test_each_picture_is_looked_at_once_and_its_progress_told() -> None:
    seen: list[tuple[int, int]] = []
    model = Model({"a": 1, "b": 2})
    enrol(["a", "b", "a", "c"], ROOT, model, EUCLIDEAN, lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert model.asked == [ROOT / name for name in ("a", "b", "c")]


def test_labels_that_contradict_others_are_named() -> None:
    table = [LabelledPair("a", "b", True), LabelledPair("b", "c", True), LabelledPair("c", "a", False)]
    report = compare(table, Model({"a": 1, "b": 1, "c": 1}), 0.4)
    assert [(one.a, one.b) for one in report.contradicting] == [("c", "a")]
    assert report.people == 1


def test_nothing_that_can_be_compared_is_no_figure_and_still_json() -> None:
    only = compare([LabelledPair("x", "y", True)], Model({}), 0.4)
    assert (only.auc, only.eer, only.auc_interval, only.eer_interval, only.far) == (None, None, None, None, None)
    assert only.frr.share == 1
    assert document(only)["best"]["threshold"] is None


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdefgh"), st.booleans()), min_size=1, max_size=14),
    st.sampled_from([0.2, 0.5, 0.75]),
)
def test_figures_with_intervals_are_those_of_the_metrics(rows: list[tuple[str, str, bool]], threshold: float) -> None:
    table = [LabelledPair(a, b, same) for a, b, same in rows]
    model = Model({"a": 1, "b": 1.1, "c": 1.6, "d": 1.5, "e": 3, "f": 2})
    report = compare(table, model, threshold)
    enrolment = enrol("abcdefgh", ROOT, model, EUCLIDEAN)
    compared = compare_each(table, enrolment.vectors, EUCLIDEAN)
    same, different = compared.score[compared.same], compared.score[compared.different]
    for estimate, expected in ((report.auc_interval, report.auc), (report.eer_interval, report.eer)):
        assert (None if estimate is None else pytest.approx(estimate.share)) == expected
        assert estimate is None or estimate.low <= estimate.share <= estimate.high
    for at in report.frr_at_far:
        share = metrics.passing(same, different, at.far).share
        assert (None if at.frr is None else pytest.approx(1 - at.frr.share)) == share
    missed = [point.missed.share for point in report.det]
    assert missed == sorted(missed, reverse=True)
    assert report.same + report.different == len(rows)
    for grouping in report.groups:
        assert sum(group.mated for group in grouping.groups) == report.same
        assert sum(group.strangers for group in grouping.groups) == report.compared[1]


def test_the_quality_of_a_pair_is_that_of_its_worse_picture() -> None:
    names = [f"{person}{side}" for person in range(25) for side in "ab"]
    sharp = dict.fromkeys(names, 80.0)
    model = Model({name: 10.0 * (1 + names.index(name) // 2) for name in names}, eyes=sharp | {"3b": 10.0})
    report = compare([LabelledPair(f"{person}a", f"{person}b", True) for person in range(25)], model, 0.4)
    by_eyes = next(grouping for grouping in report.groups if grouping.name == "eye_distance")
    assert [(group.label, group.mated) for group in by_eyes.groups] == [("below 80", 1), ("80 and more", 24)]
