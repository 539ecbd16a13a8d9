"""Finds the faces of a picture, and tries harder where the network alone finds none."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.vision.nms import intersection_over_union
from engine.vision.orientation import quarters_to_upright
from engine.vision.retinaface import RetinaFace
from engine.vision.tiles import tiles
from engine.vision.types import Box, Detection, Effort, Pixels
from engine.vision.views import View, bordered, lit, scaled, turned, whole

# Beyond this long side, in pixels of the view, the network's boxes are too small: its largest prior is 512.
_LARGEST_FACE = 400
# The long side to which a picture is reduced to find faces that fill it.
_BORDERED_SIDE = 256
# Pictures with a shorter long side are enlarged to it, but not more than so many times.
_ENLARGED_SIDE = 640
_MOST_ENLARGED = 4.0
# The long side to which the usual fine look reduces larger pictures.
_FINE_SIDE = 4096
# A thorough one enlarges pictures so many times, as far as this long side: heads of 24 pixels are found enlarged twice
# (24 of 27 people's, against 12 as they are), and no more of them are told apart when enlarged further.
_ENLARGED_FINE = 2.0
_THOROUGH_SIDE = 8192
# A fine look that shows less than so many times the detail of the normal one is not worth its cost.
_FINER = 1.25
# Faces with a shorter long side, in pixels of the normal view, are near the end of what it shows: there may be more.
_NEAR_THE_END = 24
# What the normal pass does not take for a face although it has a longer long side, in pixels of the normal view, is a
# pattern, unless the finer look is all but certain, as it is of faces so large (docs/hard_pictures.md).
_SEEN_ANYWAY, _CERTAIN = 28, 0.99
# Two boxes that overlap by more than this show the same face.
_SAME_FACE = 0.3
# A box that lies in a larger one by more than this part of itself is a part of that face.
_INSIDE = 0.6


@dataclass(frozen=True, slots=True)
class DetectorResult:
    """The faces of a picture, best first, and the names of the passes that were made to find them, in order."""

    faces: list[Detection]
    passes: list[str]


class FaceDetector:
    """RetinaFace with a strategy: how many further passes are made depends on the effort and on what was found.

    The passes: "normal"; "border" (reduced, with a border: faces that fill the frame, also when the normal pass found
    a face too large for it); "turned 90", "turned 180" and "turned 270" (degrees, counter-clockwise); "enlarged" (small
    pictures); "light" (dark and washed-out pictures, with their brightness spread out); "fine" (in tiles, in more
    detail than the normal pass). A face that is not upright is looked for again in the turned picture, so that its
    landmarks are right; that too is recorded as a turned pass.

    A quick look makes the normal pass, and the border pass where that asks for it. The usual one goes on until a face
    is found that can be trusted, and looks finely, at no more than 4096 pixels, where nothing was found or a face is so
    small that others may have been missed. A thorough one makes every pass that can show more, in full detail.
    """

    def __init__(self, network: RetinaFace, threshold: float, max_side: int) -> None:
        """Set the probability a face must exceed, and the long side, in pixels, beyond which pictures are reduced."""
        self._network = network
        self._threshold = threshold
        self._max_side = max_side

    def detect(self, pixels: Pixels, *, effort: Effort = Effort.USUAL) -> DetectorResult:
        """Find the faces of a picture, uint8 [H, W, 3]; boxes and landmarks are in its pixels."""
        passes: list[str] = []
        found: list[Detection] = []
        too_large: list[Detection] = []
        for name, view in self._views(pixels):
            passes.append(name)
            faces = self._look(view)
            trusted = [face for face in faces if _long_side(face) <= _LARGEST_FACE]
            found += self._new(view, trusted, found, passes)
            if len(trusted) == len(faces) and _is_enough(effort, found):
                break
            too_large = too_large or [view.back(face) for face in faces]
        factor = self._fine_factor(max(pixels.shape[:2]), effort, found)
        if factor is not None:
            passes.append("fine")
            most = _SEEN_ANYWAY / self._normal_factor(max(pixels.shape[:2]))
            found += self._fine(scaled(whole(pixels), factor), most * factor, found, passes)
        return DetectorResult(sorted(found or too_large, key=lambda face: -face.score), passes)

    def _views(self, pixels: Pixels) -> Iterator[tuple[str, View]]:
        picture = whole(pixels)
        long_side = max(pixels.shape[:2])
        normal = scaled(picture, self._normal_factor(long_side))
        yield "normal", normal
        yield "border", bordered(scaled(picture, min(1.0, _BORDERED_SIDE / long_side)), _BORDERED_SIDE // 2)
        view = normal
        for degrees in (90, 180, 270):
            view = turned(view)
            yield f"turned {degrees}", view
        if long_side < _ENLARGED_SIDE:
            yield "enlarged", scaled(picture, min(_MOST_ENLARGED, _ENLARGED_SIDE / long_side))
        light = lit(normal)
        if light is not None:
            yield "light", light

    def _normal_factor(self, long_side: int) -> float:
        return min(1.0, self._max_side / long_side)

    def _fine_factor(self, long_side: int, effort: Effort, found: list[Detection]) -> float | None:
        """How much a picture is scaled for a fine look; None where none is to be made."""
        normal = self._normal_factor(long_side)
        if effort is Effort.THOROUGH:
            factor = max(1.0, min(_ENLARGED_FINE, _THOROUGH_SIDE / long_side))
        elif effort is Effort.QUICK or (found and min(map(_long_side, found)) * normal >= _NEAR_THE_END):
            return None
        else:
            factor = min(1.0, _FINE_SIDE / long_side)
        return factor if factor >= _FINER * normal else None

    def _fine(self, view: View, doubtful: float, known: list[Detection], passes: list[str]) -> list[Detection]:
        """The faces in a view's tiles beyond those known, in the picture; doubtful: the side from which to be sure."""
        found: list[Detection] = []
        for tile in tiles(view):
            seen = self._look(tile.view)
            sure = [face for face in seen if _long_side(face) <= doubtful or face.score > _CERTAIN]
            faces = [face for face in sure if tile.holds(face.box)]
            found += self._new(tile.view, faces, known + found, passes)
        return found

    def _look(self, view: View) -> list[Detection]:
        [faces] = self._network.detect_batch([view.pixels], self._threshold)
        return faces

    def _new(self, view: View, faces: list[Detection], known: list[Detection], passes: list[str]) -> list[Detection]:
        """Those of a view's faces that are not known yet, in the picture."""
        new = [face for face in faces if not _is_known(view.back(face), known)]
        return _not_among(known, self._upright(view, new, passes))

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
            if f"turned {turn * 90}" not in passes:
                passes.append(f"turned {turn * 90}")
            found = [turned_view.back(face) for face in self._look(turned_view)]
            in_picture = [
                _same_face(face, found) or face if quarter == turn else face
                for face, quarter in zip(in_picture, quarters, strict=True)
            ]
            further += _not_among(in_picture + further, found)
        return in_picture + further


def _is_enough(effort: Effort, found: list[Detection]) -> bool:
    """Whether to make no further pass over the whole picture."""
    return effort is Effort.QUICK or (effort is Effort.USUAL and bool(found))


def _long_side(face: Detection) -> float:
    x1, y1, x2, y2 = face.box
    return max(x2 - x1, y2 - y1)


def _not_among(known: list[Detection], faces: list[Detection]) -> list[Detection]:
    return [face for face in faces if not _is_known(face, known)]


def _is_known(face: Detection, known: list[Detection]) -> bool:
    """Whether a face is one of those known, or a part of one."""
    return _same_face(face, known) is not None or any(_lies_in(face.box, other.box) for other in known)


def _lies_in(box: Box, other: Box) -> bool:
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return width > 0 and height > 0 and width * height > _INSIDE * (box[2] - box[0]) * (box[3] - box[1])


def _same_face(face: Detection, others: list[Detection]) -> Detection | None:
    """Return which of the others overlaps a face most, if any shows the same one."""
    if not others:
        return None
    overlaps = intersection_over_union(
        np.array(face.box, np.float32), np.array([other.box for other in others], np.float32)
    )
    best = int(overlaps.argmax())
    return others[best] if overlaps[best] > _SAME_FACE else None
