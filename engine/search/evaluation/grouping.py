"""How well pictures are grouped into people: pairs put together rightly, and above all who was put with somebody else.

Grouping is that of referrals at work, on one face of each picture. Pictures of different referrals are never grouped.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.enrolment import Enrolment
from engine.search.evaluation.tables import LabelledPicture
from engine.search.space import Space
from engine.search.subjects import Seen, group, telling

#: A column of this name says which pictures came together; without it all did.
REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Grouped:
    """The figures at one threshold.

    precision: of the pairs put together, the share of one person; recall: of the pairs of one person, the share put
    together; f1: their harmonic mean (pairwise F1). subjects: groups; merged: those that hold more than one person;
    hidden: faces in them that are not of the person most of their group is; split: people in several groups; alone:
    faces too small or too blurred to be grouped.
    """

    threshold: float
    precision: float | None
    recall: float | None
    f1: float | None
    subjects: int
    merged: int
    hidden: int
    people: int
    split: int
    alone: int


def grouped(
    table: Sequence[LabelledPicture], enrolment: Enrolment, space: Space, *, threshold: float, smallest: float
) -> Grouped:
    """Group the pictures that have a face and compare with their labels.

    threshold: as in `group`; smallest: as in `telling`.
    """
    by_referral = defaultdict(list)
    for row in table:
        if row.file in enrolment.vectors:
            by_referral[row.further.get(REFERRAL, "")].append(row)
    found: list[list[tuple[str, str]]] = []
    alone = 0
    for referral, some in by_referral.items():
        vectors = np.stack([enrolment.vectors[row.file] for row in some])
        tells = telling(*_measured(enrolment, [row.file for row in some]), smallest=smallest)
        groups = group(space, vectors, _apart(len(some)), tells, threshold=threshold)
        alone += int((~tells).sum())
        found += [[(referral, some[place].identity) for place in one] for one in groups]
    return _figures(threshold, found, alone)


def _figures(threshold: float, groups: Sequence[Sequence[tuple[str, str]]], alone: int) -> Grouped:
    """The figures of groups of (referral, identity): the same identity in two referrals need not be put together."""
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    parts: dict[tuple[str, str], int] = defaultdict(int)
    right = together = merged = hidden = 0
    for one in groups:
        counts = np.unique([identity for _, identity in one], return_counts=True)[1]
        right += _pairs(counts.tolist())
        together += _pairs([len(one)])
        merged += len(counts) > 1
        hidden += int(counts.sum() - counts.max())
        for person in set(one):
            parts[person] += 1
        for person in one:
            sizes[person] += 1
    belonging = _pairs(list(sizes.values()))
    return Grouped(
        threshold=threshold,
        precision=right / together if together else None,
        recall=right / belonging if belonging else None,
        f1=2 * right / (together + belonging) if together + belonging else None,
        subjects=len(groups),
        merged=merged,
        hidden=hidden,
        people=len(sizes),
        split=sum(number > 1 for number in parts.values()),
        alone=alone,
    )


def _pairs(sizes: Sequence[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _measured(enrolment: Enrolment, files: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pixels between the eyes and sharpness of each file's face; a face that was not measured counts as good."""
    qualities = [enrolment.qualities.get(file) for file in files]
    eyes = [np.inf if quality is None else quality.eye_distance for quality in qualities]
    sharpness = [np.inf if quality is None else quality.sharpness for quality in qualities]
    return np.array(eyes, np.float32), np.array(sharpness, np.float32)


def _apart(count: int) -> Seen:
    """Each face in a picture of its own."""
    numbers: NDArray[np.int64] = np.arange(count)
    never: NDArray[np.int64] = np.zeros(count, np.int64)
    return Seen(numbers, numbers, never, never)
