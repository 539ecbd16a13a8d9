"""Error against rejection: a measure that foretells misses, one that says nothing, and plain counting."""

import numpy as np
import pytest

from engine.search.evaluation.groups import Trials
from engine.search.evaluation.rejection import JUDGED_AT, SET_ASIDE, Rejection, rejection

PEOPLE, EACH = 40, 10
MISSED = np.random.default_rng(1).random(PEOPLE * EACH) < 0.1


def curve(values: np.ndarray) -> Rejection:
    found = of(values)
    assert found is not None
    return found


def of(values: np.ndarray) -> Rejection | None:
    who = np.repeat(np.arange(PEOPLE), EACH)
    everything = np.ones(len(who), bool)
    return rejection("sharpness", values, Trials(everything, MISSED, None, ~everything, ~everything, who, who))


def test_a_measure_that_is_low_where_misses_are_foretells_them() -> None:
    found = curve(np.where(MISSED, 1.0, 2.0) + np.random.default_rng(2).random(len(MISSED)) / 10)
    assert found.predicts
    assert [one.share for one in found.missed] == pytest.approx(found.best), "no measure can do better"
    assert found.missed[SET_ASIDE.index(JUDGED_AT)].share == pytest.approx(0)
    assert found.gain.share == pytest.approx(MISSED.mean())


def test_a_measure_of_chance_and_one_the_wrong_way_round_do_not() -> None:
    assert not curve(np.random.default_rng(3).random(len(MISSED))).predicts
    wrong = curve(np.where(MISSED, 2.0, 1.0))
    assert not wrong.predicts
    assert wrong.gain.high < 0


def test_the_curve_is_what_counting_gives() -> None:
    values = np.random.default_rng(4).permutation(len(MISSED)).astype(float)
    for aside, one in zip(SET_ASIDE, curve(values).missed, strict=True):
        assert one.share == pytest.approx(MISSED[values >= round(aside * len(values))].mean())
        assert one.low <= one.share <= one.high


def test_faces_that_were_not_measured_are_not_counted_and_too_few_say_nothing() -> None:
    found = curve(np.where(MISSED, np.nan, 1.0))
    assert found.missed[0].share == 0
    assert found.trials == int((~MISSED).sum())
    assert of(np.where(np.arange(len(MISSED)) < 19, 1.0, np.nan)) is None
    assert of(np.where(np.arange(len(MISSED)) < 40, 1.0, np.nan)) is None, "forty trials of four people"
