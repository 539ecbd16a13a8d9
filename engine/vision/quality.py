"""Measures of how well a face can be compared, and of which way it looks, for people and for the order of work.

They describe; nothing is refused by them. The angles are estimates from five points and an average face.
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.vision import align
from engine.vision.templates import DLIB_CHIP
from engine.vision.types import Detection, Pixels, Quality

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""

FACE = (slice(25, 125), slice(28, 120))
"""Rows and columns of the chip that hold the face itself, from the brows to the chin and from cheek to cheek."""

NOSE_HEIGHT = 0.566
"""How far down from the eyes to the mouth the tip of the nose lies in a face seen from the front (DLIB_CHIP)."""

NOSE_DEPTH = 0.57
"""How far the tip of the nose stands before the plane of eyes and mouth corners, in eye distances.

From the vertices of MediaPipe's canonical face model (canonical_face_model.obj, an average adult head): the nose at
depth 7.48, that plane at 3.91 beside it, the middles of the eyes 6.30 apart.
"""

MOUTH_DISTANCE = 1.02
"""From the middle of the eyes to the middle of the mouth, in eye distances (DLIB_CHIP)."""


def assess(pixels: Pixels, detection: Detection) -> Quality:
    """Measure one face of an upright picture, uint8 [H, W, 3].

    sharpness is the variance of the Laplacian (Pech-Pacheco et al. 2000, ICPR 3, 314-317), brightness the mean and
    contrast the standard deviation of grey values from 0 to 255, all three on the face turned upright and brought to
    the same size, so that faces compare; a face that had to be enlarged for it measures as less sharp. What lies
    outside the picture does not count. Raises UnusableLandmarks where the landmarks cannot be those of a face.
    """
    matrix = align.similarity(detection.landmarks, DLIB_CHIP.points)
    grey = _grey(align.warp(pixels, matrix, DLIB_CHIP.size))[FACE]
    inside = _inside(pixels, matrix)[FACE]
    yaw, pitch, roll = pose(detection.landmarks)
    seen = grey[inside]
    return Quality(
        eye_distance=eye_distance(detection.landmarks),
        sharpness=_laplacian_variance(grey, inside),
        brightness=float(seen.mean()) if seen.size else 0.0,
        contrast=float(seen.std()) if seen.size else 0.0,
        yaw=yaw,
        pitch=pitch,
        roll=roll,
    )


def eye_distance(landmarks: NDArray[np.float32]) -> float:
    """Pixels between the middles of the eyes; landmarks: [5, 2] pixels."""
    across = landmarks[1].astype(np.float64) - landmarks[0]
    return math.hypot(across[0], across[1])


def pose(landmarks: NDArray[np.float32]) -> tuple[float, float, float]:
    """Estimate yaw, pitch and roll in degrees from landmarks [5, 2] in pixels.

    roll, -180 to 180: the slope of the line through the eyes; positive where the head leans clockwise in the picture.
    yaw: positive where the face looks towards the right of the (upright) picture; pitch: positive where it looks up.
    Both are 0 from the front. In a distant view of an average face, turned upright, the tip of the nose leaves the
    middle of the eyes by depth * sin(yaw) while the eyes are cos(yaw) apart, and the same holds for its place between
    eyes and mouth and the pitch; the angle is the arc tangent of the two. A longer or flatter nose, an open mouth and
    a camera close by shift them by ten degrees and more, and pitch more than yaw: they tell frontal from turned, no
    more. Beyond about 60 degrees the landmarks of the far side are themselves guesses.
    """
    points = landmarks.astype(np.float64)
    across = points[1] - points[0]
    roll = math.atan2(across[1], across[0])
    upright = (points - points[:2].mean(axis=0)) @ np.array(
        [[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]]
    )
    eyes_apart = upright[1, 0] - upright[0, 0]
    nose_across, nose_down = upright[2]
    mouth_down = (upright[3, 1] + upright[4, 1]) / 2
    yaw = math.atan2(nose_across, NOSE_DEPTH * eyes_apart)
    pitch = math.atan2(NOSE_HEIGHT * mouth_down - nose_down, NOSE_DEPTH / MOUTH_DISTANCE * mouth_down)
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)


def _grey(chip: Pixels) -> NDArray[np.float32]:
    """float32 [H, W], 0 to 255."""
    return np.asarray(chip @ np.array(LUMA, dtype=np.float32), dtype=np.float32)


def _inside(pixels: Pixels, matrix: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which pixels of the chip show the picture alone, unmixed with the black around it: bool [size, size]."""
    height, width = pixels.shape[:2]
    x, y = align.source_grid(matrix, DLIB_CHIP.size, DLIB_CHIP.size)
    return np.asarray((x >= 0.5) & (y >= 0.5) & (x <= width - 0.5) & (y <= height - 0.5))


def _laplacian_variance(grey: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """The variance of the four-neighbour Laplacian over pixels whose neighbours all lie in the picture."""
    centre = (slice(1, -1), slice(1, -1))
    neighbours = (
        (slice(None, -2), centre[1]),
        (slice(2, None), centre[1]),
        (centre[0], slice(None, -2)),
        (centre[0], slice(2, None)),
    )
    response = -4 * grey[centre]
    counted = inside[centre].copy()
    for neighbour in neighbours:
        response += grey[neighbour]
        counted &= inside[neighbour]
    return float(response[counted].var()) if counted.any() else 0.0
