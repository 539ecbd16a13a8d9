"""Finds the faces of a picture, and tries harder where the network alone finds none."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.vision.nms import intersection_over_union
from engine.vision.orientation import quarters_to_upright
from engine.vision.retinaface import RetinaFace
from engine.vision.types import Detection, Pixels
from engine.vision.views import View, bordered, scaled, turned, whole

# Beyond this long side, in pixels of the view, the network's boxes are too small: its largest prior is 512.
_LARGEST_FACE = 400
# The long side to which a picture is reduced to find faces that fill it.
_BORDERED_SIDE = 256
# Pictures with a shorter long side are enlarged to it, but not more than so many times.
_ENLARGED_SIDE = 640
_MOST_ENLARGED = 4.0
# Two boxes that overlap by more than this show the same face.
_SAME_FACE = 0.3


@dataclass(frozen=True, slots=True)
class DetectorResult:
    """The faces of a picture, best first, and the names of the passes that were made to find them, in order."""

    faces: list[Detection]
    passes: list[str]


class FaceDetector:
    """RetinaFace with a strategy: a further pass is made only when those before it found no face that can be trusted.

    The passes: "normal"; "border" (reduced, with a border: faces that fill the frame, also when the normal pass found
    a face too large for it); "turned 90", "turned 180" and "turned 270" (degrees, counter-clockwise); "enlarged" (small
    pictures). A face that is not upright is looked for again in the turned picture, so that its landmarks are right;
    that too is recorded as a turned pass.
    """

    def __init__(self, network: RetinaFace, threshold: float, max_side: int) -> None:
        """Set the probability a face must exceed, and the long side, in pixels, beyond which pictures are reduced."""
        self._network = network
        self._threshold = threshold
        self._max_side = max_side

    def detect(self, pixels: Pixels, *, thorough: bool = True) -> DetectorResult:
        """Find the faces of a picture, uint8 [H, W, 3]; boxes and landmarks are in its pixels.

        Not thorough, it takes the normal pass's word for it that there is nobody, at about a fifth of the cost.
        """
        passes: list[str] = []
        found: list[Detection] = []
        too_large: list[Detection] = []
        for name, view in self._views(pixels):
            passes.append(name)
            faces = self._look(view)
            trusted = [face for face in faces if _long_side(face) <= _LARGEST_FACE]
            found += _not_among(found, self._upright(view, trusted, passes))
            if len(trusted) == len(faces) and (found or not thorough):
                break
            too_large = too_large or [view.back(face) for face in faces]
        return DetectorResult(sorted(found or too_large, key=lambda face: -face.score), passes)

    def _views(self, pixels: Pixels) -> Iterator[tuple[str, View]]:
        picture = whole(pixels)
        long_side = max(pixels.shape[:2])
        normal = scaled(picture, min(1.0, self._max_side / long_side))
        yield "normal", normal
        yield "border", bordered(scaled(picture, min(1.0, _BORDERED_SIDE / long_side)), _BORDERED_SIDE // 2)
        view = normal
        for degrees in (90, 180, 270):
            view = turned(view)
            yield f"turned {degrees}", view
        if long_side < _ENLARGED_SIDE:
            yield "enlarged", scaled(picture, min(_MOST_ENLARGED, _ENLARGED_SIDE / long_side))

    def _look(self, view: View) -> list[Detection]:
        [faces] = self._network.detect_batch([view.pixels], self._threshold)
        return faces

    def _upright(self, view: View, faces: list[Detection], passes: list[str]) -> list[Detection]:
        """Return a view's faces in the picture, with those that are not upright as they are found when they are.

        What else is found in a view turned for them is added.
        """
        quarters = quarters_to_upright(self._network, view, faces)
        in_picture = [view.back(face) for face in faces]
        further: list[Detection] = []
        turned_view = view
        for turn in (1, 2, 3):
            turned_view = turned(turned_view)
            if turn not in quarters:
                continue
            passes.append(f"turned {turn * 90}")
            found = [turned_view.back(face) for face in self._look(turned_view)]
            in_picture = [
                _same_face(face, found) or face if quarter == turn else face
                for face, quarter in zip(in_picture, quarters, strict=True)
            ]
            further += _not_among(in_picture + further, found)
        return in_picture + further


def _long_side(face: Detection) -> float:
    x1, y1, x2, y2 = face.box
    return max(x2 - x1, y2 - y1)


def _not_among(known: list[Detection], faces: list[Detection]) -> list[Detection]:
    return [face for face in faces if _same_face(face, known) is None]


def _same_face(face: Detection, others: list[Detection]) -> Detection | None:
    """Return which of the others overlaps a face most, if any shows the same one."""
    if not others:
        return None
    overlaps = intersection_over_union(
        np.array(face.box, np.float32), np.array([other.box for other in others], np.float32)
    )
    best = int(overlaps.argmax())
    return others[best] if overlaps[best] > _SAME_FACE else None
