"""Evaluations: tables that say what is wrong with them, and figures against a brute force."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.errors import BadTable
from engine.search.evaluate import Enrolled, Failure, IdentifyReport, document, identify, pairs
from engine.search.evaluation_tables import LabelledPair, LabelledPicture, read_identities, read_pairs
from engine.search.space import similarity
from tests.engine.search.arrays import EUCLIDEAN

ROOT = Path("pictures")


class Model:
    """An enroller that knows the vector of each picture by its name, and of the others that they show no face."""

    def __init__(self, known: dict[str, list[float]]) -> None:
        self.known = known
        self.asked: list[Path] = []

    def __call__(self, path: Path) -> Enrolled:
        self.asked.append(path)
        vector = self.known.get(path.name)
        return Enrolled(None, "no face found") if vector is None else Enrolled(np.array(vector, np.float32))


def test_pairs_worked_out_by_hand() -> None:
    model = Model({"a": [1, 0, 0, 0], "b": [1.1, 0, 0, 0], "c": [1.6, 0, 0, 0], "d": [9, 0, 0, 0]})
    table = [
        LabelledPair("a", "b", True),  # 0.9
        LabelledPair("a", "c", True),  # 0.4
        LabelledPair("b", "c", False),  # 0.5
        LabelledPair("a", "d", False),  # -7
        LabelledPair("a", "blank", True),
        LabelledPair("b", "blank", False),
    ]
    seen: list[tuple[int, int]] = []
    report = pairs(table, ROOT, model, EUCLIDEAN, threshold=0.45, progress=lambda done, of: seen.append((done, of)))
    assert (report.same, report.different) == (3, 3)
    assert report.failures == (Failure("blank", "no face found"),)
    # Rightly judged above 0.45: a-b and a-d; the pair with the blank picture is a miss, the other one says nothing.
    assert report.set_threshold is not None
    assert report.set_threshold.share == pytest.approx(2 / 5)
    assert report.best is not None
    assert report.best.share == pytest.approx(3 / 5)
    assert report.auc == pytest.approx((2 + 1 + 0) / 6)
    assert [at.allowed for at in report.tar_at_far] == [0, 0, 0]
    assert report.tar_at_far[0].share == pytest.approx(1 / 3)
    assert seen == [(done, 5) for done in range(1, 6)], "each picture is looked at once"
    assert model.asked == [ROOT / name for name in ("a", "b", "c", "d", "blank")]


def test_identification_worked_out_by_hand() -> None:
    model = Model(
        {"e1": [1, 0, 0, 0], "e2": [1.2, 0, 0, 0], "i1": [1.1, 0, 0, 0], "i2": [5, 0, 0, 0], "l": [5.5, 0, 0, 0]}
    )
    table = [
        LabelledPicture("e1", "Emma"),
        LabelledPicture("e2", "Emma"),
        LabelledPicture("i1", "Ida"),
        LabelledPicture("i2", "Ida"),
        LabelledPicture("l", "Liv"),
        LabelledPicture("o1", "Oda"),
        LabelledPicture("o2", "Oda"),
    ]
    report = identify(table, ROOT, model, EUCLIDEAN)
    # e1 and e2 find Ida before Emma (rank 2), i1 finds Emma first (rank 2), i2 finds Liv at 0.5 and Emma at 3.8 before
    # Ida at 3.9 (rank 3); Oda's pictures show no face (missed).
    assert (report.pictures, report.people, report.mated) == (7, 4, 6)
    assert report.ranks == {1: 0.0, 5: pytest.approx(4 / 6), 10: pytest.approx(4 / 6)}
    assert report.non_mated == 5, "the pictures without a face could raise no alarm and are not counted"
    assert [failure.file for failure in report.failures] == ["o1", "o2"]
    assert document(report)["ranks"] == {"1": 0.0, "5": pytest.approx(4 / 6), "10": pytest.approx(4 / 6)}


def test_a_mate_without_a_face_makes_a_miss_of_the_search_for_it() -> None:
    model = Model({"e1": [1, 0, 0, 0], "i": [2, 0, 0, 0]})
    table = [LabelledPicture("e1", "Emma"), LabelledPicture("e2", "Emma"), LabelledPicture("i", "Ida")]
    report = identify(table, ROOT, model, EUCLIDEAN)
    assert (report.mated, report.non_mated, report.ranks[10]) == (2, 2, 0.0)


def test_a_tie_goes_against_the_model() -> None:
    model = Model({"e1": [1, 0, 0, 0], "e2": [1.5, 0, 0, 0], "i": [0.5, 0, 0, 0]})
    table = [LabelledPicture("e1", "Emma"), LabelledPicture("e2", "Emma"), LabelledPicture("i", "Ida")]
    report = identify(table, ROOT, model, EUCLIDEAN)
    assert report.ranks[1] == pytest.approx(1 / 2), "e2 finds e1 first, e1 finds both at the same distance"


def test_nothing_that_can_be_counted_is_no_figure_and_still_json() -> None:
    report = identify([LabelledPicture("x", "Emma")], ROOT, Model({}), EUCLIDEAN)
    assert (report.ranks[1], report.found_at_fpir[0].share, report.non_mated) == (None, None, 0)
    only = pairs([LabelledPair("x", "y", True)], ROOT, Model({}), EUCLIDEAN, threshold=0.4)
    assert (only.auc, only.eer) == (None, None)
    assert document(only)["best"]["threshold"] is None


@given(st.data())
def test_identification_agrees_with_a_brute_force(draw: st.DataObject) -> None:
    count = draw.draw(st.integers(1, 14))
    names = draw.draw(st.lists(st.sampled_from("ABCDE"), min_size=count, max_size=count))
    places = draw.draw(st.lists(st.sampled_from([None, 0.5, 1.0, 1.5, 2.0, 4.0]), min_size=count, max_size=count))
    table = [LabelledPicture(str(number), name) for number, name in enumerate(names)]
    model = Model({str(number): [place, 0, 0, 0] for number, place in enumerate(places) if place is not None})
    assert_same(identify(table, ROOT, model, EUCLIDEAN), names, places)


def assert_same(report: IdentifyReport, names: list[str], places: list[float | None]) -> None:
    """Count every search by itself."""
    size = Counter(names)
    ranks: list[float] = []
    hits: list[float] = []
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
            hits.append(best[name] if found and ranks[-1] == 1 else -np.inf)
    assert (report.mated, report.non_mated) == (len(ranks), len(alarms))
    for rank, share in report.ranks.items():
        assert share == (np.mean(np.array(ranks) <= rank) if ranks else None)
    for at in report.found_at_fpir:
        if alarms and hits:
            assert at.threshold is not None
            assert np.mean(np.array(alarms) > at.threshold) <= at.rate
            assert at.share == np.mean(np.array(hits) > at.threshold)


def a_table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_tables_are_read_with_further_columns_and_in_any_order(tmp_path: Path) -> None:
    read = read_pairs(a_table(tmp_path, "same,source,b,a\n1,x, q.jpg ,p.jpg\nFALSE,x,q.jpg,r.jpg\n"))
    assert read == [LabelledPair("p.jpg", "q.jpg", True), LabelledPair("r.jpg", "q.jpg", False)]
    read_too = read_identities(a_table(tmp_path, "\ufefffile,identity,source\nä.jpg,Åse,lfw\n"))
    assert read_too == [LabelledPicture("ä.jpg", "Åse")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "no column a and no column b and no column same"),
        ("a,b\n1,2\n", "no column same"),
        ("a,b,same\n", "no rows"),
        ("a,b,same\nx,y,1\nx,,0\n", "line 3: b is empty"),
        ("a,b,same\nx,y\n", "line 2: same is empty"),
        ("a,b,same\nx,y,perhaps\n", "line 2: same is 'perhaps'"),
    ],
)
def test_a_bad_table_of_pairs_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(BadTable, match=named):
        read_pairs(a_table(tmp_path, text))


def test_a_bad_table_of_people_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"line 4: x\.jpg stands in line 2 already"):
        read_identities(a_table(tmp_path, "file,identity\nx.jpg,Emma\ny.jpg,Emma\nx.jpg,Ida\n"))
    (tmp_path / "table.csv").write_bytes(b"file,identity\n\xff\xfe,x\n")
    with pytest.raises(BadTable, match="cannot be read"):
        read_identities(tmp_path / "table.csv")
    with pytest.raises(BadTable, match="cannot be read"):
        read_identities(tmp_path / "missing.csv")
