"""The charts of an evaluation: error trade-off (DET), ranks (CMC), scores, error against rejection, and rarity."""

import math
from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from console.evaluation.svg import Axis, Plot, Point, area, band, dots, drawing, line, steps, upright
from console.evaluation.wording import percent, rate
from engine.search.evaluation.bootstrap import Estimate
from engine.search.evaluation.curves import DetPoint, Histogram
from engine.search.evaluation.rarity_check import RarityPoint
from engine.search.evaluation.rejection import SET_ASIDE, Rejection

#: Lower ends that the axis of a share may have: the highest that leaves every figure above it is taken.
_FLOORS = (0.98, 0.95, 0.9, 0.8, 0.5, 0.0)
_RANKS = (1, 2, 3, 5, 10, 20, 50)


def det(curves: Sequence[Sequence[DetPoint]], mates: int, false: str, missed: str) -> Markup:
    """What is missed against what passes falsely, both logarithmic; the first curve has its band of 95 %.

    mates: how many could be missed, so that the lowest share that can be seen is one of them; false, missed: titles.
    """
    lowest = min(point.rate for curve in curves for point in curve)
    plot = Plot(_decades(false, lowest), _decades(missed, 1 / mates))
    first = curves[0]
    upper = steps([(point.rate, point.missed.high) for point in first])
    lower = steps([(point.rate, point.missed.low) for point in first])
    lines = [
        line(plot, steps([(point.rate, point.missed.share) for point in curve]), kind)
        for kind, curve in enumerate(curves)
    ]
    about = f"From {percent(first[0].missed.share)} missed at {percent(first[0].rate)} false alarms."
    return drawing(plot, f"{missed} against {false}", about, [band(plot, upper, lower), *lines])


def cmc(found: Sequence[Estimate]) -> Markup:
    """The share found within each rank, 1 to as many as there are figures, with its band of 95 %."""
    low = next(floor for floor in _FLOORS if floor <= min(estimate.low for estimate in found))
    plot = Plot(
        Axis("rank: how far down the candidate list one looks", 1, len(found), _labelled(_RANKS), logarithmic=True),
        Axis("share of searches that found their person", low, 1.0, _shares(low, 1.0)),
    )
    points: list[Point] = [(rank, estimate.share) for rank, estimate in enumerate(found, start=1)]
    upper: list[Point] = [(rank, estimate.high) for rank, estimate in enumerate(found, start=1)]
    lower: list[Point] = [(rank, estimate.low) for rank, estimate in enumerate(found, start=1)]
    about = f"{percent(found[0].share)} at rank 1, {percent(found[-1].share)} at rank {len(found)}."
    marks = [band(plot, upper, lower), line(plot, points, 0), dots(plot, points, 0)]
    return drawing(plot, "Share found within each rank", about, marks)


def rejection(curves: Sequence[Rejection]) -> Markup:
    """What is missed of the rest as the worst faces are set aside, by up to three measures; the first has its band."""
    first = curves[0]
    highest = max(estimate.high for estimate in first.missed)
    highest = max(highest, *(estimate.share for curve in curves for estimate in curve.missed))
    top = next((limit for limit in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if limit >= highest), 1.0)
    plot = Plot(
        Axis("share set aside, the worst faces first", 0.0, SET_ASIDE[-1], _shares(0.0, SET_ASIDE[-1])),
        Axis("missed of the rest", 0.0, top, _shares(0.0, top)),
    )

    def points(values: Sequence[float]) -> list[Point]:
        return list(zip(SET_ASIDE, values, strict=True))

    marks = [
        band(
            plot,
            points([estimate.high for estimate in first.missed]),
            points([estimate.low for estimate in first.missed]),
        ),
        *(
            line(plot, points([estimate.share for estimate in curve.missed]), kind)
            for kind, curve in enumerate(curves[:3])
        ),
    ]
    about = (
        f"From {percent(first.missed[0].share)} with nothing set aside to {percent(first.missed[-1].share)} with half."
    )
    return drawing(plot, "Error against rejection", about, marks)


def rarity(points: Sequence[RarityPoint]) -> Markup:
    """What was seen against what rarity predicts, both logarithmic, with intervals; on the line it keeps its word."""
    values = [value for one in points for value in (one.rarity, one.observed.share) if value]
    low = 10.0 ** math.floor(math.log10(min(values)) - 1e-9)
    ticks = _decades("", low).ticks
    plot = Plot(
        Axis("predicted: share of strangers at least so rare", low, 1.0, ticks, logarithmic=True),
        Axis("observed among people held out", low, 1.0, ticks, logarithmic=True),
    )
    marks = [line(plot, [(low, low), (1.0, 1.0)], 1)]
    marks += [line(plot, [(one.rarity, one.observed.low), (one.rarity, one.observed.high)], 0) for one in points]
    marks.append(dots(plot, [(one.rarity, one.observed.share) for one in points], 0))
    about = ", ".join(f"{percent(one.observed.share)} where {percent(one.rarity)} is predicted" for one in points)
    return drawing(plot, "Predicted and observed rarity", about, marks)


def scores(counted: Histogram, threshold: float | None, label: str) -> Markup:
    """How often each score occurs among mates and among strangers, each kind adding up to one; the threshold marked."""
    kinds = [counted.mates, counted.strangers]
    shares = [[count / max(1, sum(counts)) for count in counts] for counts in kinds]
    highest = max(map(max, shares)) or 1.0
    top = next(limit for limit in (0.1, 0.2, 0.4, 0.6, 0.8, 1.0) if limit >= highest)
    low, high = counted.edges[0], counted.edges[-1]
    plot = Plot(
        Axis("score (higher is more alike)", low, high, _between(low, high)),
        Axis("share of its kind", 0.0, top, _shares(0.0, top)),
    )
    outlines = [_outline(counted.edges, share) for share in shares]
    marks = [area(plot, outline, kind) for kind, outline in enumerate(outlines)]
    marks += [line(plot, outline, kind) for kind, outline in enumerate(outlines)]
    if threshold is not None and math.isfinite(threshold):
        marks.append(upright(plot, threshold, label))
    about = f"Scores lie between {low:.3f} and {high:.3f}."
    return drawing(plot, "How often each score occurs", about, marks)


def _outline(edges: Sequence[float], shares: Sequence[float]) -> list[Point]:
    return [
        point
        for (low, high), share in zip(pairwise(edges), shares, strict=True)
        for point in ((low, share), (high, share))
    ]


def _decades(title: str, lowest: float) -> Axis:
    """A logarithmic axis of shares from the power of ten at or below the lowest one to 1."""
    exponent = min(-1, math.floor(math.log10(lowest) + 1e-9))
    powers = [10.0**power for power in range(exponent, 1)]
    return Axis(title, powers[0], 1.0, tuple((power, rate(power)) for power in powers), logarithmic=True)


def _shares(low: float, high: float) -> tuple[tuple[float, str], ...]:
    values = [low + (high - low) * part / 5 for part in range(6)]
    return tuple((value, rate(round(value, 6))) for value in values)


def _labelled(values: Sequence[int]) -> tuple[tuple[float, str], ...]:
    return tuple((float(value), str(value)) for value in values)


def _between(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Round scores between two, four to ten of them."""
    power = 10.0 ** math.floor(math.log10((high - low) / 4))
    gap = max(gap for gap in (power, 2 * power, 5 * power) if gap <= (high - low) / 4)
    places = range(math.ceil(low / gap), math.floor(high / gap) + 1)
    return tuple((place * gap, f"{place * gap:.6g}") for place in places)
