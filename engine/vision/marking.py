"""A face that a person marked: from the two eyes, or from five points, to what a detector would have given."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.vision import align
from engine.vision.errors import UnusableLandmarks
from engine.vision.templates import DLIB_CHIP
from engine.vision.types import Detection

SMALLEST_EYES = 4.0
"""Pixels between the eyes below which nothing of a face is left to compare."""

FACE_BOX = (14.0, -21.0, 133.0, 146.0)
"""The detector's box on DLIB_CHIP: the medians over 77 upright faces of photographs."""

_MIRRORED = (1, 0, 2, 4, 3)
# Eye distances of an average face by which a point may be off; the nose of a full profile is off by about 0.55.
_WORST = 0.6
_HINT = "Look at the picture's size with: triage referral show ID --json"


def detection_of(points: Sequence[Sequence[float]], width: int, height: int) -> Detection:
    """The detection that a person's points stand for in an upright picture of width x height pixels.

    points: two eyes, or eyes, nose and mouth corners, as x and y, the eye on the left of an upright face first. From
    two eyes the others are put where an average face seen from the front has them (DLIB_CHIP). Of five points the
    sides may be swapped: the order that looks like a face is taken. The score is 1. Raises UnusableLandmarks for
    points outside the picture, eyes too close together, and five points that are not arranged like a face.
    """
    given = np.asarray(points, np.float64)
    if given.shape not in {(2, 2), (5, 2)} or not np.isfinite(given).all():
        raise UnusableLandmarks("a face is marked with two eyes or with five points, each an x and a y")
    for x, y in given:
        if not (0 <= x <= width and 0 <= y <= height):
            raise UnusableLandmarks(
                f"the point {x:g},{y:g} lies outside the picture, which is {width} x {height} pixels", hint=_HINT
            )
    apart = math.hypot(*(given[1] - given[0]))
    if apart < SMALLEST_EYES:
        raise UnusableLandmarks(
            f"the eyes are {apart:.1f} pixels apart; below {SMALLEST_EYES:g} nothing can be compared",
            hint="Ask the sender for a larger version of the picture.",
        )
    landmarks = _five_from_eyes(given) if len(given) == 2 else _in_order(given)
    return Detection(_box(landmarks), landmarks.astype(np.float32), 1.0)


def _five_from_eyes(eyes: NDArray[np.float64]) -> NDArray[np.float64]:
    template = np.asarray(DLIB_CHIP.points)
    matrix = align.similarity(template[:2], eyes)
    return np.asarray(template @ matrix[:, :2].T + matrix[:, 2])


def _in_order(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points with the sides told apart; a similarity never mirrors, so the wrong order fits badly."""
    orders = [points, points[list(_MIRRORED)]]
    errors = [_misfit(order) for order in orders]
    best = int(np.argmin(errors))
    if errors[best] > _WORST:
        raise UnusableLandmarks("the five points are not arranged like a face: eyes, nose, corners of the mouth")
    return orders[best]


def _misfit(points: NDArray[np.float64]) -> float:
    """How far the points are from an average face, in eye distances of it, the worst of them."""
    template = np.asarray(DLIB_CHIP.points)
    matrix = align.similarity(points, template)
    distances = np.linalg.norm(points @ matrix[:, :2].T + matrix[:, 2] - template, axis=1)
    return float(distances.max() / np.linalg.norm(template[1] - template[0]))


def _box(landmarks: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """The box around the turned oval of a face, which is what a detector puts around a leaning head."""
    matrix = align.similarity(np.asarray(DLIB_CHIP.points), landmarks)
    left, top, right, bottom = FACE_BOX
    centre = np.array([(left + right) / 2, (top + bottom) / 2]) @ matrix[:, :2].T + matrix[:, 2]
    reach = np.hypot(matrix[:, 0] * (right - left) / 2, matrix[:, 1] * (bottom - top) / 2)
    x1, y1, x2, y2 = np.concatenate([centre - reach, centre + reach]).tolist()
    return x1, y1, x2, y2
