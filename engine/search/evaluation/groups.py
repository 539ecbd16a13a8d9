"""Errors by group: by what the table says of a picture in its further columns, and by the quality of its face."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.bootstrap import Estimate, estimates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: Below so many trials, or trials of so few people (or pairs of people), nothing is said of a group.
FEWEST_TRIALS, FEWEST_PEOPLE = 20, 5
#: Groups of one column that are listed by name; what else there is stands in one line.
_LISTED = 24
NOT_GIVEN = "not given"
NO_FACE = "no usable face"
OTHERS = "other values"
#: Parts of equal size that faces are divided into by their quality.
_PARTS = 4


@dataclass(frozen=True, slots=True)
class Trials:
    """What was tried with each row of a table, [N], and how it went.

    mated: rows that should find a mate; missed: those that did not, at the threshold; not_first: those whose mate was
    not first whatever the threshold, None for pairs. strangers: rows that should find nobody; passed: those that did.
    person_a, person_b: whom a row's weight hangs on when people are drawn; the same twice for one person.
    """

    mated: Mask
    missed: Mask
    not_first: Mask | None
    strangers: Mask
    passed: Mask
    person_a: Ints
    person_b: Ints


@dataclass(frozen=True, slots=True)
class Group:
    """The trials of one group, of how many people those with a mate are, and the errors; None: too few to say."""

    label: str
    mated: int
    people: int
    strangers: int
    missed: Estimate | None
    not_first: Estimate | None
    passed: Estimate | None


@dataclass(frozen=True, slots=True)
class Grouping:
    """All trials divided by one property: a measure of quality or a column of the table.

    trend, of a quality alone: whether misses fall or rise from the lowest group to the highest, or neither, because
    their intervals overlap.
    """

    kind: Literal["quality", "column"]
    name: str
    groups: tuple[Group, ...]
    trend: Literal["falls", "rises"] | None = None


def by_column(name: str, values: Sequence[str], trials: Trials) -> Grouping:
    """Divide by the values [N] of a column; rare ones beyond those that can be listed are taken together."""
    labels = [value or NOT_GIVEN for value in values]
    common = [value for value, _ in Counter(labels).most_common(_LISTED)]
    kept = sorted(common, key=_naturally)
    positions = {value: place for place, value in enumerate(kept)}
    group_of = np.array([positions.get(label, len(kept)) for label in labels], np.int64)
    rest = len(set(labels)) - len(kept)
    return Grouping("column", name, _groups([*kept, *([f"{rest} {OTHERS}"] if rest else [])], group_of, trials))


def by_quality(name: str, values: Floats, trials: Trials) -> Grouping | None:
    """Divide into parts of about equal size by a measure [N], not a number where there is no face; None without any."""
    measured = np.isfinite(values)
    if not measured.any():
        return None
    # Rounded before they divide, so that what the labels say is exact.
    cuts = np.quantile(
        values[measured & trials.mated] if (measured & trials.mated).any() else values[measured], _inner()
    )
    edges = np.unique([float(f"{cut:.2g}") for cut in cuts])
    group_of = np.where(measured, np.searchsorted(edges, values, side="right"), len(edges) + 1)
    shown = [f"{edge:g}" for edge in edges]
    labels = [
        f"below {shown[0]}",
        *(f"{low} to below {high}" for low, high in pairwise(shown)),
        f"{shown[-1]} and more",
    ]
    groups = _groups([*labels, NO_FACE], group_of, trials)
    return Grouping("quality", name, groups, _trend([group for group in groups if group.label in labels]))


def columns_of(rows: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The values [N] of each further column of the rows, in the table's order of columns."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name, "") for row in rows] for name in names}


def _groups(labels: Sequence[str], group_of: Ints, trials: Trials) -> tuple[Group, ...]:
    """The figures of the rows whose group_of [N] is a label's position; labels without a trial are left out."""
    kinds = [(trials.mated, trials.missed), (trials.strangers, trials.passed)]
    if trials.not_first is not None:
        kinds.append((trials.mated, trials.not_first))
    size = len(labels)
    tried = [np.bincount(group_of[of], minlength=size) for of, _ in kinds]
    people = [_people(group_of, of, trials, size) for of, _ in kinds]

    of_two = trials.person_a != trials.person_b
    rows = [(np.flatnonzero(of & wrong), np.flatnonzero(of)) for of, wrong in kinds]

    def shares(weights: Floats) -> Floats:
        of_row = weights[trials.person_a]
        of_row[of_two] *= weights[trials.person_b[of_two]]
        counted = ([np.bincount(group_of[of], of_row[of], minlength=size) for of in kind] for kind in rows)
        return np.concatenate([_ratio(wrong, tried) for wrong, tried in counted])

    everybody = 1 + int(max(trials.person_a.max(), trials.person_b.max()))
    found = estimates(shares, everybody, np.concatenate(people))

    def said(kind: int, group: int) -> Estimate | None:
        enough = tried[kind][group] >= FEWEST_TRIALS and people[kind][group] >= FEWEST_PEOPLE
        return found[kind * size + group] if enough else None

    return tuple(
        Group(
            label=label,
            mated=int(tried[0][group]),
            people=int(people[0][group]),
            strangers=int(tried[1][group]),
            missed=said(0, group),
            not_first=None if trials.not_first is None else said(2, group),
            passed=said(1, group),
        )
        for group, label in enumerate(labels)
        if tried[0][group] or tried[1][group]
    )


def _people(group_of: Ints, of: Mask, trials: Trials, size: int) -> Ints:
    """Of how many people, or pairs of people, the rows `of` each group are."""
    both = np.sort(np.stack([trials.person_a[of], trials.person_b[of]]), axis=0)
    return np.bincount(np.unique(np.stack([group_of[of], *both]), axis=1)[0], minlength=size)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _inner() -> Floats:
    return np.asarray(np.linspace(0, 1, _PARTS + 1)[1:-1])


def _trend(groups: Sequence[Group]) -> Literal["falls", "rises"] | None:
    lowest, highest = (groups[0].missed, groups[-1].missed) if groups else (None, None)
    if lowest is None or highest is None:
        return None
    if highest.high < lowest.low:
        return "falls"
    return "rises" if highest.low > lowest.high else None


def _naturally(label: str) -> list[tuple[int, int, str]]:
    """Sorts numbers in a text by their size: 6-9 before 10-13; what is not given comes last."""
    parts = re.findall(r"[0-9]{1,15}|[^0-9]+", label)
    return [(int(label == NOT_GIVEN), 0, "")] + [
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts
    ]
