"""Grouping labelled pictures: figures worked out by hand, and referrals that are never grouped with one another."""

import pytest

from engine.search.evaluation.enrolment import enrol
from engine.search.evaluation.grouping import Grouped, grouped
from engine.search.evaluation.tables import LabelledPicture
from tests.engine.search.arrays import EUCLIDEAN
from tests.engine.search.evaluation.labelled import ROOT, Model

PLACES = {"e1": 1.0, "e2": 1.1, "e3": 5.0, "i1": 1.2, "i2": 9.0, "l1": 20.0}
NAMES = {"e": "Emma", "i": "Ida", "l": "Liv", "o": "Oda"}


def group(
    referrals: dict[str, str] | None = None, smallest: float = 0.0, sharpness: dict[str, float] | None = None
) -> Grouped:
    """Faces within 0.5 of each other are one person; Oda's picture shows no face."""
    table = [
        LabelledPicture(file, NAMES[file[0]], {"referral": referrals[file]} if referrals else {})
        for file in [*PLACES, "o1"]
    ]
    enrolment = enrol([row.file for row in table], ROOT, Model(PLACES, {"e1": 10.0}, sharpness), EUCLIDEAN)
    return grouped(table, enrolment, EUCLIDEAN, threshold=0.5, smallest=smallest)


def test_who_is_merged_and_who_is_split_is_counted() -> None:
    found = group()
    # Together: e1, e2 and i1, of three pairs one right. Apart: e3, i2, l1. Four pairs belong together.
    assert (found.subjects, found.merged, found.hidden) == (4, 1, 1)
    assert (found.people, found.split) == (3, 2)
    assert (found.precision, found.recall) == (pytest.approx(1 / 3), pytest.approx(1 / 4))
    assert found.f1 == pytest.approx(2 / 7)


def test_pictures_of_two_referrals_are_never_grouped_nor_expected_to_be() -> None:
    found = group({file: "second" if file in {"e2", "i2"} else "first" for file in [*PLACES, "o1"]})
    # First: e1 and i1 together, e3, l1. Second: e2, i2. Only e1 and e3 belong together.
    assert (found.subjects, found.merged, found.people, found.split) == (5, 1, 5, 1)
    assert (found.precision, found.recall, found.f1) == (0, 0, 0)


def test_a_face_too_small_to_tell_stays_alone() -> None:
    found = group(smallest=20.0)
    assert (found.subjects, found.merged, found.alone) == (5, 1, 1)
    assert found.f1 == 0
    assert group().alone == 0


def test_a_face_too_blurred_to_tell_stays_alone() -> None:
    found = group(sharpness={"i1": 1.0})
    # Ida's face lies between Emma's two and would hide behind them.
    assert (found.subjects, found.merged, found.alone) == (5, 0, 1)


def test_one_person_alone_leaves_nothing_to_count() -> None:
    enrolment = enrol(["l1"], ROOT, Model(PLACES), EUCLIDEAN)
    found = grouped([LabelledPicture("l1", "Liv")], enrolment, EUCLIDEAN, threshold=0.5, smallest=0.0)
    assert (found.precision, found.recall, found.f1, found.subjects) == (None, None, None, 1)
