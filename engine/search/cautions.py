"""What a person should keep in mind about a candidate, in a few words each."""

from collections.abc import Sequence

from engine.search.probes import Quality

EXCLUDED_EARLIER = "excluded earlier, new image"
SAME_PICTURE = "same picture"
NEAR_TIE = "near tie"

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


def near_ties(scores: Sequence[float], people: Sequence[object], margin: float) -> list[bool]:
    """Which candidates, best first, score so close to the first one that their order means nothing.

    people: who each candidate is, as far as is known: further entries of one person are no rivals. The first one is
    marked where any rival is.
    """
    rivals = [person != people[0] and scores[0] - score < margin for score, person in zip(scores, people, strict=True)]
    return [any(rivals), *rivals[1:]] if rivals else []
