"""How alike two faces must be for a machine to act on it alone: to group faces, or to doubt a gallery's names.

These numbers never decide who is proposed to people; every search ranks and lets people judge.
"""

from dataclasses import dataclass

from engine.search.space import Space


@dataclass(frozen=True, slots=True)
class Likeness:
    """Scores of one model, on the scale of its space.

    one_person: from this average on, faces of one referral are grouped as one subject. smallest: pixels between the
    eyes below which a face is too poor to be grouped. unlike: below it two pictures under one name are doubted.
    twice: from it on, one face under two names is doubted.
    """

    one_person: float
    smallest: float
    unlike: float
    twice: float


# By the model's name. dlib's own rule takes a distance below 0.6, a score above 0.4, for one person. Grouping wrongly
# hides a child, so one_person is higher: on 526 photographs of 62 adults, also reduced to 30, 24, 20 and 16 pixels
# between the eyes, 0.52 grouped nobody with somebody else and kept at least 86 of 100 pairs of one person together;
# 0.50 made a wrong group.
_KNOWN = {"dlib-resnet-v1": Likeness(one_person=0.52, smallest=20.0, unlike=0.40, twice=0.55)}


def likeness_of(space: Space) -> Likeness | None:
    """What is known for the model of a space; None for a model that nobody has measured: then machines stay out."""
    return _KNOWN.get(space.model)
