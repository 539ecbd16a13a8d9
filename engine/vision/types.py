"""The values that pass between the steps from a file's bytes to a face's vector."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from engine.formats.incoming import Fact

Pixels = NDArray[np.uint8]
"""A picture: uint8 [H, W, 3], RGB, upright."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels."""


class Effort(StrEnum):
    """How much is spent on looking for faces where few or none are found; the detector says what each means."""

    QUICK = "quick"
    USUAL = "usual"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A still picture as its sender saw it: oriented by its EXIF tag, in RGB.

    pixels: uint8 [height, width, 3], C-contiguous. format: the container's name in capitals, such as "JPEG".
    captured_at: when the file says it was made, in UTC. facts: what else it says of itself (camera, place).
    """

    pixels: Pixels
    format: str
    width: int
    height: int
    captured_at: datetime | None = None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """One face found in a picture; all coordinates are pixels of the upright picture.

    box: x1, y1, x2, y2; it may reach outside the picture. landmarks: float32 [5, 2], x and y of, for an upright face,
    the eye on the image's left, the eye on the image's right, the nose, the mouth's corner on the image's left and the
    one on its right; they turn with the face. score: the network's probability, 0 to 1.
    """

    box: Box
    landmarks: NDArray[np.float32]
    score: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of how well a face can be compared.

    eye_distance: pixels between the eyes. sharpness, brightness, contrast: of the aligned face's grey values.
    yaw, pitch, roll: degrees, estimated from the landmarks.
    """

    eye_distance: float
    sharpness: float
    brightness: float
    contrast: float
    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True)
class Crop:
    """The region around a face, for people to look at.

    png: the region as a PNG file. box: x1, y1, x2, y2, whole pixels of the upright picture. scale: crop pixels per
    picture pixel.
    """

    png: bytes
    box: tuple[int, int, int, int]
    scale: float


@dataclass(frozen=True, slots=True)
class AnalysedFace:
    """A detection with everything that is computed from it; vector: float32 [D], as the embedder gives it."""

    detection: Detection
    quality: Quality
    vector: NDArray[np.float32]
    crop: Crop
