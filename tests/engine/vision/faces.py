"""A drawn face in three dimensions, for tests that need to know how a face is turned and where its landmarks are."""

import math

import numpy as np
from PIL import Image, ImageFilter

from engine.vision.align import similarity, warp
from engine.vision.templates import DLIB_CHIP
from engine.vision.types import Detection

# Eyes, nose and mouth corners of an average head in eye distances: x to the right, y down, z towards the viewer.
HEAD = np.array([(-0.5, 0, 0), (0.5, 0, 0), (0, 0.58, 0.57), (-0.44, 1.02, 0), (0.44, 1.02, 0)])


def turned_landmarks(yaw: float = 0, pitch: float = 0, roll: float = 0, size: float = 60) -> np.ndarray:
    """Landmarks, float32 [5, 2], of the head turned by degrees and seen from afar, its eyes `size` pixels apart."""
    a, b, c = (math.radians(angle) for angle in (yaw, pitch, roll))
    right = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    up = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    clockwise = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    seen = HEAD @ (clockwise @ right @ up).T
    return np.asarray(seen[:, :2] * size + (200, 160), dtype=np.float32)


def drawn_face(landmarks: np.ndarray, width: int = 400, height: int = 360) -> np.ndarray:
    """A picture, uint8 [height, width, 3], of a grey face whose features are coloured dots at its landmarks."""
    chip = np.full((150, 150, 3), 150, np.uint8)
    y, x = np.indices((150, 150))
    chip[(x // 4 + y // 4) % 2 == 0] = 120
    colours = [(255, 40, 40), (40, 255, 40), (40, 40, 255), (255, 255, 40), (40, 255, 255)]
    for (column, row), colour in zip(DLIB_CHIP.points, colours, strict=True):
        chip[np.hypot(x + 0.5 - column, y + 0.5 - row) < 6] = colour
    return warp(chip, similarity(DLIB_CHIP.points, landmarks), width, height)


def detection(landmarks: np.ndarray) -> Detection:
    """The detection of a face with these landmarks, its box around them."""
    (x1, y1), (x2, y2) = landmarks.min(axis=0) - 20, landmarks.max(axis=0) + 20
    return Detection((float(x1), float(y1), float(x2), float(y2)), landmarks.astype(np.float32), 0.99)


def blurred(pixels: np.ndarray, radius: float) -> np.ndarray:
    """The picture out of focus."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))
