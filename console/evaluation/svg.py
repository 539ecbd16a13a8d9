"""Drawing into SVG: axes, lines, bands and bars, as inline markup that takes its colours from the page.

Lines differ by their dashes as well as by colour (classes k0, k1, k2), so that nothing is lost without colour.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

Point = tuple[float, float]

WIDTH, HEIGHT = 680, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 24, 14, 52


@dataclass(frozen=True, slots=True)
class Axis:
    """Values from low to high, straight or logarithmic, with labelled ticks; values outside are put on the edge."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    logarithmic: bool = False

    def part(self, value: float) -> float:
        """Where a value lies, 0 at low to 1 at high."""
        inside = min(max(value, self.low), self.high)
        if self.logarithmic:
            return math.log(inside / self.low) / math.log(self.high / self.low)
        return (inside - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Plot:
    """Two axes, and where points between them lie on the drawing."""

    x: Axis
    y: Axis

    def at(self, point: Point) -> Point:
        """The place of a point in pixels of the drawing."""
        across, up = self.x.part(point[0]), self.y.part(point[1])
        return _LEFT + across * (WIDTH - _LEFT - _RIGHT), HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM)


def drawing(plot: Plot, name: str, about: str, marks: Iterable[Markup]) -> Markup:
    """The whole drawing: axes, then marks in their order; name and about are for those who cannot see it."""
    return Markup(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title><desc>{}</desc>{}{}</svg>'
    ).format(WIDTH, HEIGHT, name, name, about, _axes(plot), Markup("").join(marks))


def line(plot: Plot, points: Sequence[Point], kind: int) -> Markup:
    """A line through the points."""
    return Markup('<path class="line k{}" d="{}"/>').format(kind, _path(plot, points))


def steps(points: Sequence[Point]) -> list[Point]:
    """The corners of a line that keeps each value until the next point."""
    corners = list(points[:1])
    for (_, before), (x, value) in pairwise(points):
        corners += [(x, before), (x, value)]
    return corners


def band(plot: Plot, upper: Sequence[Point], lower: Sequence[Point]) -> Markup:
    """The area between two lines."""
    return Markup('<path class="band" d="{}Z"/>').format(_path(plot, [*upper, *reversed(lower)]))


def area(plot: Plot, points: Sequence[Point], kind: int) -> Markup:
    """The area between a line and the x axis, hatched or tinted by its kind."""
    ends = [(points[-1][0], plot.y.low), (points[0][0], plot.y.low)]
    return Markup('<path class="area a{}" d="{}Z"/>').format(kind, _path(plot, [*points, *ends]))


def upright(plot: Plot, value: float, label: str) -> Markup:
    """A thin line at a value of the x axis, with its label at the top, on the side where there is room."""
    x, top = plot.at((value, plot.y.high))
    _, bottom = plot.at((value, plot.y.low))
    room = plot.x.part(value) < 0.6
    return Markup(
        '<path class="mark" d="M{:.1f} {:.1f}V{:.1f}"/>'
        '<text class="halo" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>'
    ).format(x, top, bottom, x + (6 if room else -6), top + 12, "start" if room else "end", label)


def dots(plot: Plot, points: Sequence[Point], kind: int) -> Markup:
    """A small dot at each point."""
    drawn = (
        Markup('<circle class="dot k{}" cx="{:.1f}" cy="{:.1f}" r="2.6"/>').format(kind, *plot.at(point))
        for point in points
    )
    return Markup("").join(drawn)


def whisker(low: float, share: float, high: float, scale: float) -> Markup:
    """A figure with its interval on a line from 0 to scale, for a cell of a table."""
    width, middle = 120, 9
    at = [4 + (width - 8) * min(value / scale, 1.0) for value in (low, share, high)]
    return Markup(
        '<svg class="whisker" viewBox="0 0 {} 18" aria-hidden="true"><path class="rail" d="M4 {}H{}"/>'
        '<path class="reach" d="M{:.1f} {}H{:.1f}M{:.1f} 5V13M{:.1f} 5V13"/><circle cx="{:.1f}" cy="{}" r="4"/></svg>'
    ).format(width, middle, width - 4, at[0], middle, at[2], at[0], at[2], at[1], middle)


def _axes(plot: Plot) -> Markup:
    left, bottom = plot.at((plot.x.low, plot.y.low))
    right, top = plot.at((plot.x.high, plot.y.high))
    parts = []
    for value, label in plot.x.ticks:
        x, _ = plot.at((value, plot.y.low))
        parts.append(Markup('<path class="grid" d="M{:.1f} {:.1f}V{:.1f}"/>').format(x, top, bottom))
        parts.append(_text(x, bottom + 18, label, "middle"))
    for value, label in plot.y.ticks:
        _, y = plot.at((plot.x.low, value))
        parts.append(Markup('<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>').format(left, y, right))
        parts.append(_text(left - 8, y + 4, label, "end"))
    parts.append(Markup('<path class="axis" d="M{:.1f} {:.1f}V{:.1f}H{:.1f}"/>').format(left, top, bottom, right))
    parts.append(_text((left + right) / 2, HEIGHT - 10, plot.x.title, "middle", "title"))
    middle = (top + bottom) / 2
    parts.append(
        Markup(
            '<text class="title" transform="translate(14 {:.1f}) rotate(-90)" text-anchor="middle">{}</text>'
        ).format(middle, plot.y.title)
    )
    return Markup("").join(parts)


def _text(x: float, y: float, label: str, anchor: str, kind: str = "tick") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(kind, x, y, anchor, label)


def _path(plot: Plot, points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(plot.at, points))
