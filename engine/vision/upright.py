"""Shows the face in a crop upright and at a set size, so that faces can be compared side by side; loads no network."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from engine.vision import align
from engine.vision.errors import UnusableLandmarks
from engine.vision.types import Crop, Pixels

EYE_FRACTION = 0.34
"""Eye distance in widths of the view: the whole face and some hair stay in sight."""

EYE_LEVEL = 0.42
"""How far down the view the eyes lie, in heights of it."""

PROFILE_LIMIT = 0.6
"""Eyes closer than this part of their distance to the mouth are those of a face turned far to the side."""


@dataclass(frozen=True, slots=True)
class UprightFace:
    """A face with its eyes level and at a set distance.

    pixels: uint8 [height, width, 3]. eye_distance: pixels between the eyes in the picture the crop was cut from, which
    says how much of what is seen is real. magnification: view pixels per pixel of that picture.
    """

    pixels: Pixels
    eye_distance: float
    magnification: float


def upright(
    crop: Crop, landmarks: ArrayLike, width: int, height: int, *, eye_fraction: float = EYE_FRACTION
) -> UprightFace:
    """Turn the face of a crop upright and scale it so that its eyes are eye_fraction of the width apart.

    landmarks: [5, 2], pixels of the upright picture the crop was cut from. A face turned so far aside that its eyes
    nearly meet is scaled by the distance from eyes to mouth instead, which in a frontal face is the same.
    Black is what the crop does not hold. Raises UnusableLandmarks where the landmarks cannot be those of a face.
    """
    points = np.asarray(landmarks, dtype=np.float64)
    eyes, mouth = points[:2], points[3:]
    middle = eyes.mean(axis=0)
    eye_distance = float(np.linalg.norm(eyes[1] - eyes[0]))
    size = max(eye_distance, PROFILE_LIMIT * float(np.linalg.norm(mouth.mean(axis=0) - middle)))
    if not eye_distance > 0:
        raise UnusableLandmarks("the eyes of the face are in one place")
    # Half of the shown eye distance, to each side of the middle of the eyes.
    reach = eye_fraction * width / 2 * eye_distance / size
    level = EYE_LEVEL * height
    on_crop = (eyes - crop.box[:2]) * crop.scale
    matrix = align.similarity(on_crop, [[width / 2 - reach, level], [width / 2 + reach, level]])
    with Image.open(io.BytesIO(crop.png)) as file:
        pixels = np.asarray(file.convert("RGB"))
    return UprightFace(align.warp(pixels, matrix, width, height), eye_distance, eye_fraction * width / size)
