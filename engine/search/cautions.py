"""What a person should keep in mind about a candidate, in a few words each."""

from collections.abc import Sequence
from datetime import timedelta

from engine.search.probes import Quality

EXCLUDED_EARLIER = "excluded earlier, new image"
SAME_PICTURE = "same picture"
NEAR_TIE = "near tie"

UNKNOWN_GAP = "time between the pictures not known"
_CHILDREN = "children change fast"

_MONTH = timedelta(days=365.25 / 12)
#: Months from which a gap is told in years.
_YEARS_FROM = 24

#: Pixels between the eyes below which a face says little.
SMALL = 24.0
#: Degrees to a side from which half of the face is hidden.
TURNED = 45.0


def of_quality(probe: Quality, candidate: Quality) -> list[str]:
    """Cautions about the two pictures that gave the score."""
    found = []
    for whose, quality in (("probe", probe), ("candidate", candidate)):
        if quality.eyes < SMALL:
            found.append(f"small face in the {whose} ({quality.eyes:.0f} px between the eyes)")
        if abs(quality.yaw) >= TURNED:
            found.append(f"face in the {whose} turned away")
    return found


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
