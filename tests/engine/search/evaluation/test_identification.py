"""Finding people: ranks, FNIR at FPIR and sums against hand-worked cases and a brute force."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.search.evaluation.documents import document
from engine.search.evaluation.identification import IdentifyReport
from engine.search.evaluation.tables import LabelledPicture
from engine.search.space import similarity
from tests.engine.search.arrays import EUCLIDEAN
from tests.engine.search.evaluation.labelled import Model, identify


def test_identification_worked_out_by_hand() -> None:
    model = Model({"e1": 1, "e2": 1.2, "i1": 1.1, "i2": 5, "l": 5.5})
    table = [
        LabelledPicture("e1", "Emma"),
        LabelledPicture("e2", "Emma"),
        LabelledPicture("i1", "Ida"),
        LabelledPicture("i2", "Ida"),
        LabelledPicture("l", "Liv"),
        LabelledPicture("o1", "Oda"),
        LabelledPicture("o2", "Oda"),
    ]
    report = identify(table, model)
    # e1 and e2 find Ida before Emma (rank 2), i1 finds Emma first (rank 2), i2 finds Liv at 0.5 and Emma at 3.8 before
    # Ida at 3.9 (rank 3); Oda's pictures show no face (missed).
    assert (report.pictures, report.people, report.mated, report.mated_people) == (7, 4, 6, 3)
    assert report.ranks == {1: 0.0, 5: pytest.approx(4 / 6), 10: pytest.approx(4 / 6)}
    assert report.ended_at == (0, 4, 0, 0, 2)
    assert report.non_mated == 5, "the pictures without a face could raise no alarm and are not counted"
    assert [failure.file for failure in report.failures] == ["o1", "o2"]
    assert document(report)["ranks"] == {"1": 0.0, "5": pytest.approx(4 / 6), "10": pytest.approx(4 / 6)}
    assert [one.file for one in report.missed] == ["i2", "i1", "e1", "e2"], (
        "the worst rank first, then the lowest score"
    )
    worst = report.missed[0]
    assert (worst.rank, worst.mate, worst.stranger, worst.stranger_identity) == (3, "i1", "l", "Liv")


def test_a_mate_outside_the_rank_or_below_the_threshold_is_a_miss() -> None:
    # Ten people far apart, each with two pictures at a distance of 0.1; a stranger of one of them lies closer still.
    places = {f"{person}{picture}": 10 * person + 1 + 0.1 * picture for person in range(10) for picture in range(2)}
    model = Model(places | {"x": 1.05, "00": 1.0, "01": 1.3})
    table = [LabelledPicture(name, name[0]) for name in places] + [LabelledPicture("x", "x")]
    report = identify(table, model)
    # At FPIR 0.1 two of the 21 searches may alarm; 00, x and 01 do at 0.95, 0.95 and 0.75. The threshold is the third
    # highest, 0.75: 00 and 01, at 0.7, no longer find each other.
    at = {(one.rank, one.fpir): one for one in report.open_set}
    assert at[1, 0.1].allowed == 2
    assert at[1, 0.1].threshold == pytest.approx(0.75, abs=1e-6)
    assert [at[rank, 0.1].fnir.share for rank in (1, 10, 50)] == [pytest.approx(2 / 20)] * 3
    assert report.cmc[0].share == pytest.approx(18 / 20)
    assert report.cmc[1].share == 1
    assert report.det[0].points[-1].missed.share == pytest.approx(2 / 20), "at rank 1 without a threshold"
    assert report.det[1].points[-1].missed.share == 0


def test_a_mate_without_a_face_makes_a_miss_of_the_search_for_it() -> None:
    model = Model({"e1": 1, "i": 2})
    table = [LabelledPicture("e1", "Emma"), LabelledPicture("e2", "Emma"), LabelledPicture("i", "Ida")]
    report = identify(table, model)
    assert (report.mated, report.non_mated, report.ranks[10]) == (2, 2, 0.0)
    assert report.open_set[0].fnir.share == 1


def test_a_tie_goes_against_the_model() -> None:
    model = Model({"e1": 1, "e2": 1.5, "i": 0.5})
    table = [LabelledPicture("e1", "Emma"), LabelledPicture("e2", "Emma"), LabelledPicture("i", "Ida")]
    assert identify(table, model).ranks[1] == pytest.approx(1 / 2), "e2 finds e1; e1 finds both at the same distance"


def test_nothing_that_can_be_counted_is_no_figure_and_still_json() -> None:
    report = identify([LabelledPicture("x", "Emma")], Model({}))
    assert (report.ranks[1], report.found_at_fpir[0].share, report.non_mated) == (None, None, 0)
    assert (report.cmc[0], report.open_set[0].fnir, report.scores, report.det[0].points) == (None, None, None, ())
    alone = document(identify([LabelledPicture("x", "Emma"), LabelledPicture("y", "Emma")], Model({"x": 1, "y": 2})))
    assert alone["open_set"][0]["fnir"] is None
    assert alone["threshold"] is None


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_identification_agrees_with_a_brute_force(draw: st.DataObject) -> None:
    count = draw.draw(st.integers(1, 14))
    names = draw.draw(st.lists(st.sampled_from("ABCDE"), min_size=count, max_size=count))
    places = draw.draw(st.lists(st.sampled_from([None, 0.5, 1.0, 1.5, 2.0, 4.0]), min_size=count, max_size=count))
    table = [LabelledPicture(str(number), name) for number, name in enumerate(names)]
    model = Model({str(number): place for number, place in enumerate(places) if place is not None})
    report = identify(table, model)
    assert_same(report, names, places)
    assert_coherent(report)


def assert_same(report: IdentifyReport, names: list[str], places: list[float | None]) -> None:
    """Count every search by itself."""
    size = Counter(names)
    ranks: list[float] = []
    scores: list[float] = []
    alarms: list[float] = []
    for probe, (name, place) in enumerate(zip(names, places, strict=True)):
        best: dict[str, float] = {}
        if place is not None:
            for other, (whose, where) in enumerate(zip(names, places, strict=True)):
                if other != probe and where is not None:
                    score = similarity(EUCLIDEAN, np.float32([[place, 0, 0, 0]]), np.float32([[where, 0, 0, 0]]))[0, 0]
                    best[whose] = max(best.get(whose, -np.inf), float(score))
        strangers = [score for whose, score in best.items() if whose != name]
        if strangers:
            alarms.append(max(strangers))
        if size[name] > 1:
            found = name in best
            ranks.append(1 + sum(score >= best[name] for score in strangers) if found else np.inf)
            scores.append(best[name] if found else -np.inf)
    assert (report.mated, report.non_mated) == (len(ranks), len(alarms))
    for rank, share in report.ranks.items():
        assert share == (np.mean(np.array(ranks) <= rank) if ranks else None)
    for at in report.found_at_fpir:
        if alarms and ranks:
            assert at.threshold is not None
            assert np.mean(np.array(alarms) > at.threshold) <= at.rate
            assert at.share == np.mean((np.array(ranks) == 1) & (np.array(scores) > at.threshold))
    for one in report.open_set:
        if alarms and ranks:
            hits = (np.array(ranks) <= one.rank) & (np.array(scores) > one.threshold)
            assert one.fnir.share == pytest.approx(1 - np.mean(hits))


def assert_coherent(report: IdentifyReport) -> None:
    """Sums close, curves are monotone, and every interval holds its figure."""
    assert sum(report.ended_at) == report.mated
    found = [estimate.share for estimate in report.cmc if estimate is not None]
    assert found == sorted(found)
    for curve in report.det:
        missed = [point.missed.share for point in curve.points]
        assert missed == sorted(missed, reverse=True)
        assert [point.rate for point in curve.points] == sorted(point.rate for point in curve.points)
    for fewer, more in zip(report.det, report.det[1:], strict=False):
        for one, other in zip(fewer.points, more.points, strict=True):
            assert other.missed.share <= one.missed.share
    shown = [*report.cmc, *(one.fnir for one in report.open_set)]
    shown += [point.missed for curve in report.det for point in curve.points]
    for estimate in shown:
        assert estimate is None or 0 <= estimate.low <= estimate.share <= estimate.high <= 1
    for grouping in report.groups:
        assert sum(group.mated for group in grouping.groups) == report.mated
        assert sum(group.strangers for group in grouping.groups) == report.non_mated
    if report.scores is not None:
        assert sum(report.scores.mates) + report.scores.without_score == report.mated
        assert sum(report.scores.strangers) == report.non_mated
