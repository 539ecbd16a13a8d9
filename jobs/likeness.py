"""How alike two faces must be for a machine to act on it alone: to group faces, or to doubt a gallery's names.

These numbers never decide who is proposed to people; every search ranks and lets people judge.
"""

from dataclasses import dataclass
from pathlib import Path

from engine.search.space import Space
from engine.vision.imported import ImportedModel, SelfTest
from jobs import embedders


@dataclass(frozen=True, slots=True)
class Likeness:
    """Scores of one model, on the scale of its space.

    one_person: from this average on, faces of one referral are grouped as one subject. smallest: pixels between the
    eyes below which a face is too poor to be grouped. unlike: below it two pictures under one name are
    doubted. twice: from it on, one face under two names is doubted.
    """

    one_person: float
    smallest: float
    unlike: float
    twice: float


# By the model's name. dlib's own rule takes a distance below 0.6, a score above 0.4, for one person. Grouping wrongly
# hides a child, so one_person is higher: 526 photographs of 62 adults as they are were grouped with nobody wrongly, and
# 92 of 100 pairs of one person together. In heavily damaged pictures it still merges people who look alike, in one of
# some 400 groups, and that only because blurred faces are kept out of it (docs/evaluation.md).
_KNOWN = {"dlib-resnet-v1": Likeness(one_person=0.52, smallest=20.0, unlike=0.40, twice=0.55)}


# How many standard deviations above the mean score of the sample strangers each limit of an imported model lies. The
# sample strangers are poor enlargements and more alike than people in pictures, so that this errs towards not grouping:
# with MobileFaceNet, on 526 photographs of 62 adults, one_person is 0.53, which grouped nobody with somebody else and
# kept 94 of 100 pairs of one person together. Normal tails: 4.0 deviations are passed by 3 of 100,000 strangers.
_ONE_PERSON, _UNLIKE, _TWICE = 4.0, 1.25, 4.3
#: As for the model that was measured at all sizes.
_SMALLEST = 20.0


def likeness_of(space: Space, models: Path) -> Likeness | None:
    """What is known for the model of a space; None where nothing was measured: then machines stay out.

    models: the folder of imported models, whose strangers' scores were measured when they were imported.
    """
    if space.model in _KNOWN:
        return _KNOWN[space.model]
    for known in embedders.find_all(models)[0]:
        if known.space.id == space.id and isinstance(known.source, ImportedModel):
            return _from_strangers(known.source.self_test)
    return None


def _from_strangers(test: SelfTest) -> Likeness | None:
    mean, deviation = test.stranger_mean, test.stranger_deviation
    if mean is None or deviation is None:
        return None
    return Likeness(
        one_person=mean + _ONE_PERSON * deviation,
        smallest=_SMALLEST,
        unlike=mean + _UNLIKE * deviation,
        twice=mean + _TWICE * deviation,
    )
