"""What a person should keep in mind about a candidate, in a few words each."""

from collections.abc import Sequence
from datetime import timedelta

from engine.search.probes import Quality
from engine.vision.marks import marks

EXCLUDED_EARLIER = "excluded earlier, new image"
SAME_PICTURE = "same picture"
NEAR_TIE = "near tie"

UNKNOWN_GAP = "time between the pictures not known"
_CHILDREN = "children change fast"

_MONTH = timedelta(days=365.25 / 12)
#: Months from which a gap is told in years.
_YEARS_FROM = 24


def of_quality(probe: Quality, candidate: Quality) -> list[str]:
    """The caution about the two faces that gave the score: which of them is marked, and how; one line for both."""
    marked = []
    for whose, quality in (("probe", probe), ("candidate", candidate)):
        names = [mark.name for mark in marks(quality.eyes, quality.sharpness, quality.yaw)]
        if names:
            marked.append(f"{whose} {' and '.join(names)}")
    return [f"hard to compare: {'; '.join(marked)}"] if marked else []


def of_dates(probe: Quality, candidate: Quality, *, long_gap_months: int) -> list[str]:
    """The caution about the time between the two pictures: that it is long, or that nobody knows.

    A child's face is recognised less reliably from half a year on (arXiv 2204.01760).
    """
    if probe.captured_at is None or candidate.captured_at is None:
        return [UNKNOWN_GAP]
    months = round(abs(probe.captured_at - candidate.captured_at) / _MONTH)
    if months < long_gap_months:
        return []
    apart = f"{months} months" if months < _YEARS_FROM else f"{months / 12:.0f} years"
    return [f"{apart} between the pictures: {_CHILDREN}"]


def near_ties(scores: Sequence[float], people: Sequence[object], margin: float) -> list[bool]:
    """Which candidates, best first, score so close to the first one that their order means nothing.

    people: who each candidate is, as far as is known: further entries of one person are no rivals. The first one is
    marked where any rival is.
    """
    rivals = [person != people[0] and scores[0] - score < margin for score, person in zip(scores, people, strict=True)]
    return [any(rivals), *rivals[1:]] if rivals else []
