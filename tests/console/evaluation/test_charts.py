"""Charts: points where they belong, labels escaped, lines that differ without colour."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.evaluation import charts, wording
from console.evaluation.svg import Axis, Plot, drawing, line, steps, upright
from engine.search.evaluation.bootstrap import Estimate
from engine.search.evaluation.curves import DetPoint, Histogram

SHARES = st.floats(0, 1)


def test_a_point_lies_where_its_axes_put_it() -> None:
    plot = Plot(Axis("x", 0.01, 1, (), logarithmic=True), Axis("y", 0, 2, ()))
    left, bottom = plot.at((0.01, 0))
    right, top = plot.at((1, 2))
    assert plot.at((0.1, 1)) == (pytest.approx((left + right) / 2), pytest.approx((bottom + top) / 2))
    assert plot.at((0, -5)) == (left, bottom), "what lies outside is put on the edge"
    assert left < right
    assert top < bottom


def test_steps_keep_a_value_until_the_next_point() -> None:
    assert steps([(1, 5), (2, 3), (4, 1)]) == [(1, 5), (2, 5), (2, 3), (4, 3), (4, 1)]
    assert steps([]) == []


def test_words_in_a_drawing_are_escaped() -> None:
    plot = Plot(Axis("<x>", 0, 1, ((0.5, "<&>"),)), Axis("y", 0, 1, ()))
    drawn = drawing(plot, '"><script>', "<b>", [upright(plot, 0.5, "<i>"), line(plot, [(0, 0), (1, 1)], 2)])
    tree = ElementTree.fromstring(drawn)
    assert tree.get("aria-label") == '"><script>'
    assert {element.tag for element in tree.iter()} == {"svg", "title", "desc", "path", "text"}
    assert {"<x>", "<&>", "<i>"} <= {element.text for element in tree.iter("text")}


@given(st.lists(st.tuples(st.floats(1e-6, 1), SHARES), min_size=1, max_size=10), st.integers(1, 10_000_000))
def test_any_trade_off_can_be_drawn(points: list[tuple[float, float]], mates: int) -> None:
    curve = [DetPoint(rate, Estimate(share, share / 2, (1 + share) / 2)) for rate, share in sorted(points)]
    assert_inside(charts.det([curve, curve], mates, "FPIR", "FNIR"))


@given(st.lists(SHARES, min_size=50, max_size=50))
def test_any_list_of_ranks_can_be_drawn(shares: list[float]) -> None:
    assert_inside(charts.cmc([Estimate(share, share / 2, 1) for share in sorted(shares)]))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(0, 10), st.integers(1, 10))
def test_any_histogram_can_be_drawn(low: float, width: float, mates: int, strangers: int) -> None:
    counted = Histogram((low, low + width / 2, low + width), (mates, 0), (0, strangers), 0)
    assert_inside(charts.scores(counted, low + width, "threshold"))
    assert_inside(charts.scores(counted, None, ""))


def assert_inside(drawn: str) -> None:
    """It is well-formed, and every point of a path lies on the drawing."""
    tree = ElementTree.fromstring(drawn)
    width, height = (float(side) for side in tree.get("viewBox", "").split()[2:])
    for path in tree.iter("path"):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d", "")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_figures_are_written_with_decimals_where_they_matter() -> None:
    written = [
        wording.percent(share).replace("\N{NO-BREAK SPACE}", " ") for share in (0, 0.0042, 0.0123, 0.5, 0.9942, 1)
    ]
    assert written == ["0 %", "0.42 %", "1.2 %", "50.0 %", "99.42 %", "100 %"]
    assert wording.interval(Estimate(0.5, 0.4, 1)).replace("\N{NO-BREAK SPACE}", " ") == "40.0 to 100 %"
    assert (wording.score(None), wording.score(float("-inf")), wording.score(0.54321)) == ("none", "none", "0.5432")
