"""Tells which way up a face is.

The network also finds faces that lie on their side or stand on their head, with scores as high as those of upright
ones, but it then places the landmarks as if the face were upright, and an embedding aligned by them is worthless. So
each face found is looked at again, small, in its four orientations: it scores best the right way up.
"""

import math
from collections.abc import Sequence

from engine.vision.retinaface import RetinaFace
from engine.vision.types import Detection
from engine.vision.views import View, scaled, square_around, turned

# The square looked at, in pixels, and how much more than the face's box it shows.
_SIDE = 96
_GROWTH = 1.6
_LOWEST_SCORE = 0.3
# By how much the logarithm of the odds must be better than as found, lest a doubtful case be turned.
_MARGIN = 1.5


def quarters_to_upright(network: RetinaFace, view: View, faces: Sequence[Detection]) -> list[int]:
    """Return for each face of a view how many counter-clockwise quarter turns put it upright: 0 to 3."""
    patches = []
    for face in faces:
        square = square_around(view, face.box, _GROWTH)
        patch = scaled(square, _SIDE / square.pixels.shape[0])
        for _ in range(4):
            patches.append(patch.pixels)
            patch = turned(patch)
    odds = [_log_odds(found) for found in network.detect_batch(patches, _LOWEST_SCORE)]
    return [_best(odds[start : start + 4]) for start in range(0, len(odds), 4)]


def _best(odds: list[float]) -> int:
    best = max(range(4), key=odds.__getitem__)
    return best if odds[best] >= odds[0] + _MARGIN else 0


def _log_odds(faces: Sequence[Detection]) -> float:
    """Return the logarithm of the odds that the patch's middle shows a face."""
    scores = [face.score for face in faces if _covers_the_middle(face)]
    score = min(max(scores, default=_LOWEST_SCORE), 1 - 1e-7)
    return math.log(score / (1 - score))


def _covers_the_middle(face: Detection) -> bool:
    x1, y1, x2, y2 = face.box
    return x1 < _SIDE / 2 < x2 and y1 < _SIDE / 2 < y2
