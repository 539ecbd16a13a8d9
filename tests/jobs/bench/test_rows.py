"""A ratio says how many times better a figure is, and what was asked is held against it."""

import pytest

from jobs.bench.rows import alone, cost, missing, rate


def test_of_a_cost_less_is_better() -> None:
    row = cost("embedder", "16 at once", 4.0, "ms", ("plain", 10.0), at_least=2.5)
    assert (row.ratio, row.asked, row.reached) == (2.5, "at least 2.5 times", True)


def test_of_a_rate_more_is_better() -> None:
    row = rate("pipeline", "workers", 80.0, "pictures/s", ("one loop", 100.0), at_least=0.9)
    assert row.ratio == pytest.approx(0.8)
    assert row.reached is False


def test_where_nothing_is_asked_nothing_is_reached() -> None:
    assert cost("p", "w", 1, "ms", ("o", 2)).reached is None
    assert rate("p", "w", 1, "ms", ("o", 2)).asked is None
    assert alone("p", "w", 1, "MB").reached is None


@pytest.mark.parametrize(("figure", "reached"), [(999.0, True), (1000.0, True), (1001.0, False)])
def test_a_figure_alone_may_have_a_limit(figure: float, reached: bool) -> None:
    assert alone("memory", "worker", figure, "MB", at_most=1000).reached is reached


def test_what_could_not_be_measured_says_why() -> None:
    row = missing("peers", "dlib", "not installed")
    assert (row.figure, row.asked, row.reached) == (None, "not installed", None)
