"""Errors by group: sums that close, what is too few, the order of groups, and the trend of a quality."""

import numpy as np
import pytest

from engine.search.evaluation.groups import NO_FACE, NOT_GIVEN, Trials, by_column, by_quality, columns_of


def trials(missed: list[bool], *, people: int | None = None) -> Trials:
    """Mated trials, each of a person of its own or of as many people in turn, that also raise no alarm."""
    count = len(missed)
    person = np.arange(count) % (people or count)
    everything = np.ones(count, bool)
    wrong = np.array(missed)
    return Trials(everything, wrong, wrong, everything, ~everything, person, person)


def test_a_group_of_enough_trials_has_figures_and_a_smaller_one_only_counts() -> None:
    grouping = by_column("band", ["old"] * 20 + ["young"] * 19 + [""], trials([True] * 5 + [False] * 35))
    old, young, nothing = grouping.groups
    assert (old.label, old.mated, old.people, old.missed.share) == ("old", 20, 20, pytest.approx(0.25))
    assert (young.label, young.mated, young.missed, young.passed) == ("young", 19, None, None)
    assert (nothing.label, nothing.mated) == (NOT_GIVEN, 1)


def test_many_trials_of_few_people_are_too_few() -> None:
    (group,) = by_column("band", ["x"] * 100, trials([False] * 100, people=4)).groups
    assert (group.mated, group.people, group.missed) == (100, 4, None)


def test_bands_are_sorted_by_their_numbers_and_rare_ones_taken_together() -> None:
    labels = ["10-13", "6-9", "0-5"] * 20
    grouping = by_column("age", labels, trials([False] * 60))
    assert [group.label for group in grouping.groups] == ["0-5", "6-9", "10-13"]
    many = by_column("file", [f"{number}.jpg" for number in range(60)], trials([False] * 60))
    assert many.groups[-1].label == "36 other values"
    assert sum(group.mated for group in many.groups) == 60
    assert by_column("long", ["9" * 9000, "8"] * 2, trials([False] * 4)).groups[0].label == "8"


def test_misses_that_fall_with_quality_are_a_trend() -> None:
    values = np.arange(400.0)
    falls = by_quality("sharpness", values, trials((values < 100).tolist()))
    assert [group.label for group in falls.groups] == [
        "below 100",
        "100 to below 200",
        "200 to below 300",
        "300 and more",
    ]
    assert [group.missed.share for group in falls.groups] == [1, 0, 0, 0]
    assert falls.trend == "falls"
    assert by_quality("sharpness", values, trials((values >= 300).tolist())).trend == "rises"
    assert by_quality("sharpness", values, trials((values % 4 == 0).tolist())).trend is None


def test_what_has_no_quality_is_a_group_of_its_own() -> None:
    values = np.concatenate([np.arange(80.0), np.full(20, np.nan)])
    grouping = by_quality("eye_distance", values, trials([False] * 80 + [True] * 20))
    assert (grouping.groups[-1].label, grouping.groups[-1].missed.share) == (NO_FACE, 1)
    assert sum(group.mated for group in grouping.groups) == 100
    assert by_quality("eye_distance", np.full(3, np.nan), trials([True] * 3)) is None


def test_faces_of_one_size_make_one_group() -> None:
    grouping = by_quality("eye_distance", np.full(30, 40.0), trials([False] * 30))
    assert [(group.label, group.mated) for group in grouping.groups] == [("40 and more", 30)]
    assert grouping.trend is None


def test_a_pair_of_two_people_counts_for_both() -> None:
    nobody = np.zeros(40, bool)
    pairs = Trials(nobody, nobody, None, ~nobody, np.arange(40) < 10, np.arange(40) % 2, 2 + np.arange(40) % 3)
    (group,) = by_column("x", ["x"] * 40, pairs).groups
    assert (group.mated, group.missed, group.not_first) == (0, None, None)
    assert (group.strangers, group.passed.share) == (40, pytest.approx(0.25)), "of six pairs of people"


def test_columns_keep_the_order_of_the_table() -> None:
    assert columns_of([{"b": "1", "a": "2"}, {"b": "3", "a": ""}]) == {"b": ["1", "3"], "a": ["2", ""]}
