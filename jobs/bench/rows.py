"""What a benchmark says: one figure, what it was measured beside in the same run, and what was asked of it."""

from dataclasses import dataclass

#: A row of one figure alone says so by this part of its fields being None.
_Number = float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of a benchmark.

    part: the benchmark it belongs to. ratio: how many times better than what is beside it, whether less or more is
    better. asked: in words, None where nothing is asked. reached: whether it is what was asked; None where nothing is
    asked or where it could not be measured.
    """

    part: str
    what: str
    figure: _Number
    unit: str
    beside: str | None = None
    beside_figure: _Number = None
    ratio: _Number = None
    asked: str | None = None
    reached: bool | None = None


def cost(part: str, what: str, figure: float, unit: str, beside: tuple[str, float], *, at_least: _Number = None) -> Row:
    """A figure of which less is better, beside another; its ratio may be asked for."""
    name, other = beside
    return _compared(Row(part, what, figure, unit, name, other), other / figure, at_least)


def rate(part: str, what: str, figure: float, unit: str, beside: tuple[str, float], *, at_least: _Number = None) -> Row:
    """A figure of which more is better, beside another; its ratio may be asked for."""
    name, other = beside
    return _compared(Row(part, what, figure, unit, name, other), figure / other, at_least)


def alone(part: str, what: str, figure: float, unit: str, *, at_most: _Number = None) -> Row:
    """A figure with nothing beside it; an upper limit may be asked for."""
    if at_most is None:
        return Row(part, what, figure, unit)
    return Row(part, what, figure, unit, asked=f"at most {at_most:g} {unit}", reached=figure <= at_most)


def missing(part: str, what: str, why: str) -> Row:
    """A figure that could not be measured here, and why."""
    return Row(part, what, None, "", asked=why)


def _compared(row: Row, ratio: float, at_least: _Number) -> Row:
    asked = None if at_least is None else f"at least {at_least:g} times"
    reached = None if at_least is None else ratio >= at_least
    return Row(
        row.part, row.what, row.figure, row.unit, row.beside, row.beside_figure, ratio, asked=asked, reached=reached
    )
