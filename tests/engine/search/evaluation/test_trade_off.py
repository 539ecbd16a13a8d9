"""Weighted misses against false alarms: an integer weight counts as that many copies of a score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search import metrics
from engine.search.evaluation.trade_off import TradeOff

RATES = np.array([0.0, 0.1, 1 / 3, 0.5, 1.0])
SCORES = st.lists(st.tuples(st.sampled_from([-np.inf, 0.1, 0.2, 0.3, 0.4]), st.integers(0, 3)), max_size=12)
FINITE = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.integers(0, 3)), max_size=12)


def test_a_mate_outside_every_threshold_is_always_missed() -> None:
    found = TradeOff(np.array([-np.inf, 0.5]), np.array([0.6, 0.1])).missed(RATES, np.ones(2), np.ones(2))
    assert found.tolist() == [1.0, 1.0, 1.0, 0.5, 0.5]


@given(SCORES, FINITE)
def test_weights_count_as_copies(mates: list[tuple[float, int]], strangers: list[tuple[float, int]]) -> None:
    mate_scores, mate_weights = columns(mates)
    stranger_scores, stranger_weights = columns(strangers)
    trade_off = TradeOff(mate_scores, stranger_scores)
    same, different = (
        np.repeat(mate_scores, mate_weights.astype(int)),
        np.repeat(stranger_scores, stranger_weights.astype(int)),
    )
    missed = trade_off.missed(RATES, mate_weights, stranger_weights)
    for rate, share in zip(RATES, missed, strict=True):
        expected = metrics.passing(same, different, rate).share
        assert np.isnan(share) if expected is None else share == pytest.approx(1 - expected)
    for found, expected in (
        (trade_off.auc(mate_weights, stranger_weights), metrics.auc(same, different)),
        (trade_off.eer(mate_weights, stranger_weights), metrics.eer(same, different)),
    ):
        assert np.isnan(found) if expected is None else found == pytest.approx(expected)


def columns(rows: list[tuple[float, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([score for score, _ in rows], float), np.array([weight for _, weight in rows], float)
