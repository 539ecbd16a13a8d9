"""Figures of merit against cases worked out by hand and brute force over every threshold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.intervals import none_in, wilson
from engine.search.metrics import accuracy_at, auc, best_accuracy, eer, passing

_SCORES = st.lists(st.sampled_from([-math.inf, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), min_size=1, max_size=12).map(np.array)


def test_a_case_worked_out_by_hand() -> None:
    same = np.array([0.9, 0.8, 0.4, 0.7])
    different = np.array([0.1, 0.5, 0.3, 0.2, 0.6])
    # Of 20 comparisons only 0.4 against 0.5 and against 0.6 are the wrong way round.
    assert auc(same, different) == pytest.approx(18 / 20)
    # Above 0.6: misses 0.4 alone, lets nothing pass.
    best = best_accuracy(same, different)
    assert best is not None
    assert (best.share, best.threshold) == (pytest.approx(8 / 9), 0.6)
    # Above 0.45: 0.9, 0.8, 0.7 accepted, 0.5 and 0.6 too.
    at = accuracy_at(same, different, 0.45)
    assert at is not None
    assert at.share == pytest.approx(6 / 9)
    # Above 0.5: misses 1 of 4, lets 1 of 5 pass, and no threshold brings the two closer.
    assert eer(same, different) == pytest.approx((1 / 4 + 1 / 5) / 2)
    # One of five strangers may pass: the threshold is the second highest of theirs, 0.5.
    for rate in (0.2, 0.39):
        found = passing(same, different, rate)
        assert (found.rate, found.allowed, found.threshold, found.share) == (rate, 1, 0.5, 0.75)
    none = passing(same, different, 0.01)
    assert (none.allowed, none.threshold, none.share) == (0, 0.6, 0.75)


def test_a_rate_is_not_lost_to_rounding() -> None:
    strangers = np.arange(70, dtype=np.float64)
    assert passing(strangers, strangers, 0.1).allowed == 7
    assert passing(strangers, np.arange(1000.0), 1e-3).allowed == 1


def test_nothing_to_count_is_not_a_figure() -> None:
    none, some = np.empty(0), np.array([0.5])
    assert auc(none, some) is None
    assert auc(some, none) is None
    assert eer(some, none) is None
    assert best_accuracy(none, none) is None
    assert accuracy_at(none, none, 0.5) is None
    assert passing(some, none, 0.1).share is None
    assert passing(none, some, 0.1).share is None


@given(_SCORES, _SCORES)
def test_figures_agree_with_a_brute_force(same: np.ndarray, different: np.ndarray) -> None:
    wins = [1.0 if a > b else 0.5 if a == b else 0.0 for a in same for b in different]
    assert auc(same, different) == pytest.approx(sum(wins) / len(wins))
    thresholds = [-math.inf, *sorted({*same, *different} - {-math.inf})]
    judged = [sum(same > t) + sum(different <= t) for t in thresholds]
    best = best_accuracy(same, different)
    assert best is not None
    assert best.share == pytest.approx(max(judged) / (len(same) + len(different)))
    assert sum(same > best.threshold) + sum(different <= best.threshold) == max(judged)
    rates = [(np.mean(same <= t), np.mean(different > t)) for t in thresholds]
    smallest = min(abs(missed - false) for missed, false in rates)
    assert eer(same, different) in [
        pytest.approx((missed + false) / 2) for missed, false in rates if abs(missed - false) == pytest.approx(smallest)
    ]


@given(_SCORES, _SCORES, st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 0.5, 1.0]))
def test_no_threshold_that_keeps_the_rate_accepts_more(same: np.ndarray, different: np.ndarray, rate: float) -> None:
    found = passing(same, different, rate)
    assert found.threshold is not None
    assert np.mean(different > found.threshold) <= rate + 1e-9
    thresholds = [-math.inf, *different]
    shares = [np.mean(same > t) for t in thresholds if np.mean(different > t) <= rate + 1e-9]
    assert found.share == max(shares)


def test_intervals_are_the_published_ones() -> None:
    # 8 of 10: Wilson's interval is 0.490 to 0.943 (Agresti and Coull 1998 give it by the same formula).
    assert wilson(0.8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert wilson(0.0, 10)[0] == 0
    assert wilson(1.0, 10)[1] == pytest.approx(1)
    # 3 / n holds to the exact bound 1 - 0.05 ** (1 / n) within a hundredth of it.
    assert none_in(900) == pytest.approx(1 - 0.05 ** (1 / 900), rel=0.01)
    assert none_in(2) == 1


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_where_the_normal_test_stops_rejecting(counted: tuple[int, int]) -> None:
    count, n = counted
    for end in wilson(count / n, n):
        if 1e-9 < end < 1 - 1e-9:
            assert abs(count / n - end) / math.sqrt(end * (1 - end) / n) == pytest.approx(1.959964, rel=1e-6)
