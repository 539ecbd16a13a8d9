"""Faces side by side: level, at one eye distance, and without a network in the process."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.vision.crops import cut
from engine.vision.errors import UnusableLandmarks
from engine.vision.types import Crop
from engine.vision.upright import EYE_LEVEL, upright
from tests.engine.vision.faces import detection, drawn_face, turned_landmarks


def middle_of(pixels: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """The middle, x and y, of the dot of one colour."""
    rows, columns = np.nonzero(np.abs(pixels.astype(int) - colour).max(axis=2) < 60)
    return np.array([columns.mean(), rows.mean()]) + 0.5


def crop_of(landmarks: np.ndarray, width: int = 400, height: int = 360) -> Crop:
    return cut(drawn_face(landmarks, width, height), detection(landmarks))


@settings(max_examples=30, deadline=None)
@given(st.floats(-179, 179), st.floats(25, 90))
def test_eyes_are_level_and_at_the_set_distance_for_any_size_and_roll(roll: float, size: float) -> None:
    landmarks = turned_landmarks(roll=roll, size=size)
    shown = upright(crop_of(landmarks), landmarks, 200, 240, eye_fraction=0.4)
    assert shown.pixels.shape == (240, 200, 3)
    left, right = middle_of(shown.pixels, (255, 40, 40)), middle_of(shown.pixels, (40, 255, 40))
    assert right - left == pytest.approx([80, 0], abs=1.5)
    assert (left + right) / 2 == pytest.approx([100, EYE_LEVEL * 240], abs=1.5)


def test_a_crop_that_was_scaled_down_shows_the_same_and_counts_the_pixels_of_the_picture() -> None:
    landmarks = turned_landmarks(size=400) + np.float32([700, 600])
    crop = crop_of(landmarks, 2000, 1800)
    assert crop.scale < 1
    shown = upright(crop, landmarks, 200, 240)
    assert shown.eye_distance == pytest.approx(400, abs=0.01)
    assert shown.magnification == pytest.approx(0.34 * 200 / 400, abs=1e-4)
    eyes = [middle_of(shown.pixels, colour)[0] for colour in ((255, 40, 40), (40, 255, 40))]
    assert eyes[1] - eyes[0] == pytest.approx(0.34 * 200, abs=1.5)


def test_a_profile_is_scaled_by_the_way_from_eyes_to_mouth() -> None:
    landmarks = turned_landmarks(yaw=85)
    shown = upright(crop_of(landmarks), landmarks, 200, 240)
    assert shown.eye_distance < 6
    assert shown.magnification < 2.5


def test_eyes_in_one_place_are_refused() -> None:
    landmarks = turned_landmarks()
    crop = crop_of(landmarks)
    landmarks[1] = landmarks[0]
    with pytest.raises(UnusableLandmarks):
        upright(crop, landmarks, 200, 240)


@pytest.mark.parametrize("module", ["types", "errors", "align", "crops", "quality", "upright"])
def test_what_the_console_needs_loads_no_torch(module: str) -> None:
    program = f"import sys, engine.vision.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
