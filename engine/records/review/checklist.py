"""The morphological checklist of an examiner: what each component of two faces says, frozen with the conclusion.

The components follow the FISWG "Facial Image Comparison Feature List for Morphological Analysis", with those parts
joined that can seldom be told apart in the pictures at hand.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

COMPONENTS = (
    "face shape",
    "proportions",
    "hairline",
    "forehead",
    "brows",
    "eyes",
    "cheeks",
    "nose",
    "mouth",
    "chin and jaw",
    "ears",
    "facial hair",
    "skin, lines",
    "marks, scars",
)

#: The name of the checklist in an exhibit's rendering.
FIELD = "checklist"


class Finding(StrEnum):
    """What a component says about whether two faces are one person's; a component that was not looked at has none."""

    FOR = "for"
    AGAINST = "against"
    NOT_COMPARABLE = "not comparable"


Checklist = Mapping[str, Finding]


def document(checklist: Checklist) -> dict[str, str]:
    """A checklist for the record, in the order of `COMPONENTS`; raises ValueError for a component that is none."""
    unknown = sorted(set(checklist) - set(COMPONENTS))
    if unknown:
        raise ValueError(f"no component of a face: {', '.join(unknown)}")
    return {component: checklist[component].value for component in COMPONENTS if component in checklist}


def of_rendering(rendering: Mapping[str, Any]) -> dict[str, str]:
    """The checklist that was frozen with a conclusion; empty where none was filled in."""
    return dict(rendering.get(FIELD) or {})


def summary(checklist: Mapping[str, str]) -> str:
    """A checklist in a few words: "5 for, 1 against, 2 not comparable"; empty for an empty one."""
    counts = Counter(checklist.values())
    return ", ".join(f"{counts[finding]} {finding.value}" for finding in Finding if counts[finding])
