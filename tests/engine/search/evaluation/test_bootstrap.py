"""Intervals over people: they repeat, hold their figure, and are as wide as few people make them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.search.evaluation.bootstrap import Estimate, estimates


def share_of(errors: list[int], trials: list[int]) -> Estimate | None:
    """The share of errors among the trials of each person, with its interval."""
    wrong, tried = np.array(errors, float), np.array(trials, float)

    def statistic(weights: np.ndarray) -> np.ndarray:
        total = (weights * tried).sum()
        return np.array([(weights * wrong).sum() / total if total else np.nan])

    return estimates(statistic, len(tried), np.array([np.count_nonzero(tried)]))[0]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20))
def test_an_interval_holds_its_figure_and_repeats(people: list[tuple[int, int]]) -> None:
    errors, trials = [min(pair) for pair in people], [max(pair) for pair in people]
    found = share_of(errors, trials)
    assert found == share_of(errors, trials)
    if sum(trials) == 0:
        assert found is None
    else:
        assert found.share == pytest.approx(sum(errors) / sum(trials))
        assert 0 <= found.low <= found.share <= found.high <= 1


def test_no_error_leaves_the_rule_of_three_over_people() -> None:
    assert share_of([0] * 60, [10] * 60) == Estimate(0.0, 0.0, pytest.approx(3 / 60))
    assert share_of([10] * 60, [10] * 60) == Estimate(1.0, pytest.approx(1 - 3 / 60), 1.0)


def test_more_errors_never_move_the_bounds_down() -> None:
    found = [share_of([1] * wrong + [0] * (60 - wrong), [10] * 60) for wrong in range(0, 60, 6)]
    assert [one.high for one in found] == sorted(one.high for one in found)
    assert [one.low for one in found] == sorted(one.low for one in found)


def test_people_who_fail_altogether_widen_an_interval_more_than_scattered_errors() -> None:
    clustered = share_of([20] * 20 + [0] * 80, [20] * 100)
    scattered = share_of([4] * 100, [20] * 100)
    assert clustered.share == scattered.share
    assert clustered.high - clustered.low > 2 * (scattered.high - scattered.low)


def test_an_interval_is_about_as_wide_as_theory_has_it() -> None:
    # 400 people with one trial each: the normal approximation gives 0.2 +- 1.96 * sqrt(0.2 * 0.8 / 400) = 0.039.
    found = share_of([1] * 80 + [0] * 320, [1] * 400)
    assert found.low == pytest.approx(0.161, abs=0.006)
    assert found.high == pytest.approx(0.239, abs=0.006)
