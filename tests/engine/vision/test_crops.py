"""Where crops are cut, and at which scale."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.vision.crops import CONTEXT, LONGEST_SIDE, cut
from engine.vision.errors import UnusableLandmarks
from engine.vision.types import Crop, Detection

NOISE = np.random.default_rng(3).integers(0, 256, (300, 400, 3), dtype=np.uint8)


def at(*box: float) -> Detection:
    return Detection(box, np.zeros((5, 2), np.float32), 0.9)


def opened(crop: Crop) -> np.ndarray:
    with Image.open(io.BytesIO(crop.png)) as file:
        assert file.format == "PNG"
        return np.asarray(file)


def test_a_crop_is_the_grown_box_pixel_for_pixel() -> None:
    crop = cut(NOISE, at(100, 100, 200, 150))
    assert crop.box == (60, 80, 240, 170)
    assert (crop.box[2] - crop.box[0]) / 100 == CONTEXT
    assert crop.scale == 1
    np.testing.assert_array_equal(opened(crop), NOISE[80:170, 60:240])


def test_a_crop_ends_where_the_picture_ends() -> None:
    crop = cut(NOISE, at(-50, -20, 40, 60))
    assert crop.box == (0, 0, 76, 92)
    np.testing.assert_array_equal(opened(crop), NOISE[:92, :76])


def test_a_large_crop_is_scaled_down_by_areas() -> None:
    checks = np.repeat((np.indices((1600, 2560)).sum(axis=0) % 2 * 255)[..., None], 3, axis=2).astype(np.uint8)
    crop = cut(checks, at(0, 0, 2560, 1600))
    pixels = opened(crop)
    assert crop.box == (0, 0, 2560, 1600)
    assert crop.scale == LONGEST_SIDE / 2560
    assert pixels.shape == (400, 640, 3)
    assert set(np.unique(pixels)) <= {127, 128}


@given(st.tuples(*[st.floats(-600, 900) for _ in range(4)]))
def test_any_box_is_cut_inside_the_picture_or_refused(box: tuple[float, float, float, float]) -> None:
    try:
        crop = cut(NOISE, at(*box))
    except UnusableLandmarks as error:
        assert error.hint
        return
    left, top, right, bottom = crop.box
    assert 0 <= left < right <= 400
    assert 0 <= top < bottom <= 300
    assert opened(crop).shape == (bottom - top, right - left, 3)


@pytest.mark.parametrize("box", [(10, 10, 10, 50), (50, 10, 10, 50), (float("nan"), 0, 5, 5), (900, 900, 950, 950)])
def test_a_box_without_pixels_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(UnusableLandmarks):
        cut(NOISE, at(*box))
