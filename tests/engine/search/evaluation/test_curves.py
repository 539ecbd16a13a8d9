"""Points of curves and counts of histograms."""

import numpy as np

from engine.search.evaluation.bootstrap import Estimate
from engine.search.evaluation.curves import DetPoint, det, histogram, rates


def test_rates_are_those_that_the_strangers_can_show() -> None:
    assert rates(0).tolist() == []
    assert rates(4).tolist() == [0.25, 0.5, 0.75, 1.0]
    many = rates(100_000)
    assert (many[0], many[-1]) == (1e-5, 1.0)
    assert len(many) <= 48
    assert np.all(np.diff(many) > 0)


def test_points_without_a_figure_are_left_out() -> None:
    figure = Estimate(0.5, 0.4, 0.6)
    assert det(np.array([0.5, 1.0]), [None, figure]) == (DetPoint(1.0, figure),)


def test_a_histogram_counts_every_score_once() -> None:
    counted = histogram(np.array([0.0, 1.0, 1.0, -np.inf]), np.array([0.5]))
    assert counted is not None
    assert (counted.edges[0], counted.edges[-1]) == (0.0, 1.0)
    assert (counted.mates[0], counted.mates[-1], sum(counted.mates)) == (1, 2, 3)
    assert (sum(counted.strangers), counted.without_score) == (1, 1)
    assert histogram(np.array([-np.inf]), np.empty(0)) is None
    same = histogram(np.array([0.3]), np.array([0.3]))
    assert same is not None
    assert same.edges[0] < 0.3 < same.edges[-1]
