"""What the measures of quality say about pictures that were made worse in a known way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.errors import UnusableLandmarks
from engine.vision.quality import assess, pose
from tests.engine.vision.faces import blurred, detection, drawn_face, turned_landmarks

FRONT = turned_landmarks()
PICTURE = drawn_face(FRONT)


def test_blur_lowers_sharpness_the_more_the_stronger() -> None:
    values = [assess(blurred(PICTURE, radius), detection(FRONT)).sharpness for radius in (0, 1, 2, 4)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0] / 4


def test_a_face_that_must_be_enlarged_is_less_sharp() -> None:
    small = turned_landmarks(size=20)
    assert assess(drawn_face(small), detection(small)).sharpness < assess(PICTURE, detection(FRONT)).sharpness / 2


def test_darkening_lowers_brightness_and_contrast() -> None:
    whole, half = assess(PICTURE, detection(FRONT)), assess(PICTURE // 2, detection(FRONT))
    assert half.brightness == pytest.approx(whole.brightness / 2, abs=1)
    assert half.contrast == pytest.approx(whole.contrast / 2, abs=1)


def test_grey_is_weighted_as_the_eye_sees_it() -> None:
    for colour, brightness in (((255, 0, 0), 76.2), ((0, 255, 0), 149.7), ((0, 0, 255), 29.1)):
        plain = np.full((360, 400, 3), colour, np.uint8)
        quality = assess(plain, detection(FRONT))
        assert quality.brightness == pytest.approx(brightness, abs=0.1)
        assert (quality.sharpness, quality.contrast) == pytest.approx((0, 0), abs=1e-3)


def test_black_outside_the_picture_does_not_count() -> None:
    plain = np.full((200, 400, 3), 130, np.uint8)
    quality = assess(plain, detection(FRONT))
    assert (quality.brightness, quality.contrast, quality.sharpness) == pytest.approx((130, 0, 0), abs=1e-3)


def test_a_face_outside_the_picture_measures_as_nothing() -> None:
    quality = assess(PICTURE, detection(FRONT + 5000))
    assert (quality.brightness, quality.contrast, quality.sharpness) == (0, 0, 0)


def test_the_eye_distance_is_in_pixels_of_the_picture() -> None:
    landmarks = turned_landmarks(roll=33, size=48)
    assert assess(PICTURE, detection(landmarks)).eye_distance == pytest.approx(48, abs=1e-3)


def test_the_measures_of_a_turned_picture_are_those_of_the_upright_one() -> None:
    landmarks = turned_landmarks(roll=90)
    turned, upright = assess(drawn_face(landmarks), detection(landmarks)), assess(PICTURE, detection(FRONT))
    assert turned.roll == pytest.approx(90, abs=0.01)
    assert turned.sharpness == pytest.approx(upright.sharpness, rel=0.1)
    assert turned.brightness == pytest.approx(upright.brightness, rel=0.02)


@given(st.floats(-60, 60), st.floats(-179, 179))
def test_yaw_and_roll_are_recovered_from_an_average_head(yaw: float, roll: float) -> None:
    found_yaw, pitch, found_roll = pose(turned_landmarks(yaw=yaw, roll=roll))
    assert found_yaw == pytest.approx(yaw, abs=1)
    assert found_roll == pytest.approx(roll, abs=0.1)
    assert abs(pitch) < 2


@given(st.floats(-45, 45), st.floats(-179, 179))
def test_pitch_is_recovered_from_an_average_head(pitch: float, roll: float) -> None:
    yaw, found, _ = pose(turned_landmarks(pitch=pitch, roll=roll))
    assert found == pytest.approx(pitch, abs=2)
    assert abs(yaw) < 0.1


@given(st.floats(-50, 50), st.floats(-30, 30), st.floats(-60, 60))
def test_mirroring_flips_yaw_and_roll_and_keeps_pitch(yaw: float, pitch: float, roll: float) -> None:
    landmarks = turned_landmarks(yaw, pitch, roll)
    mirrored = (landmarks * np.float32([-1, 1]))[[1, 0, 2, 4, 3]]
    assert pose(mirrored) == pytest.approx((-pose(landmarks)[0], pose(landmarks)[1], -pose(landmarks)[2]), abs=1e-3)


@given(st.floats(-40, 40), st.floats(-60, 60))
def test_rotating_the_picture_shifts_roll_alone(yaw: float, angle: float) -> None:
    before, after = pose(turned_landmarks(yaw, 10)), pose(turned_landmarks(yaw, 10, angle))
    assert after == pytest.approx((before[0], before[1], before[2] + angle), abs=1e-2)


def test_landmarks_in_one_place_are_refused() -> None:
    with pytest.raises(UnusableLandmarks):
        assess(PICTURE, detection(np.full((5, 2), 100.0)))
