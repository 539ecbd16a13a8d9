"""Similarity transforms and the warp, as properties and against dlib's own chips."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.align import similarity, source_grid, warp
from engine.vision.errors import UnusableLandmarks
from engine.vision.templates import DLIB_CHIP
from tests.engine.vision.dlib_reference import DLIB_FACE, POINTS, REFERENCE, block_means, picture


def turn_scale_shift(angle: float, scale: float, x: float, y: float) -> np.ndarray:
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[cosine, -sine, x], [sine, cosine, y]])


def transform(matrix: np.ndarray, points: object) -> np.ndarray:
    return np.asarray(points) @ matrix[:, :2].T + matrix[:, 2]


@given(
    st.floats(-math.pi, math.pi),
    st.floats(0.05, 20),
    st.floats(-5000, 5000),
    st.floats(-5000, 5000),
)
def test_similarity_recovers_the_transform_that_moved_the_points(
    angle: float, scale: float, x: float, y: float
) -> None:
    matrix = turn_scale_shift(angle, scale, x, y)
    moved = transform(matrix, DLIB_CHIP.points)
    np.testing.assert_allclose(similarity(DLIB_CHIP.points, moved), matrix, atol=1e-7)


@given(st.lists(st.tuples(st.floats(-99, 99), st.floats(-99, 99)), min_size=5, max_size=5), st.integers(0, 2**32 - 1))
def test_no_nearby_similarity_fits_better(target: list[tuple[float, float]], seed: int) -> None:
    def error(matrix: np.ndarray) -> float:
        return float(((transform(matrix, DLIB_CHIP.points) - target) ** 2).sum())

    best = similarity(DLIB_CHIP.points, target)
    other = best + turn_scale_shift(*np.random.default_rng(seed).normal(scale=0.01, size=4))
    assert error(best) <= error(other) + 1e-6


def test_similarity_turns_but_never_mirrors() -> None:
    points = np.array(DLIB_CHIP.points)
    matrix = similarity(points, points * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) >= 0


@pytest.mark.parametrize("points", [[(3, 4)] * 5, [(0, 0), (1, 1), (2, math.nan), (0, 1), (1, 0)], [(0, math.inf)] * 5])
def test_landmarks_that_give_no_size_are_refused(points: list[tuple[float, float]]) -> None:
    with pytest.raises(UnusableLandmarks) as caught:
        similarity(points, DLIB_CHIP.points)
    assert caught.value.hint


def test_a_target_without_size_is_refused_by_the_warp() -> None:
    matrix = similarity(DLIB_CHIP.points, [(3, 4)] * 5)
    with pytest.raises(UnusableLandmarks):
        warp(np.zeros((9, 9, 3), np.uint8), matrix, 150)


def test_the_unmoved_picture_is_unchanged() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    np.testing.assert_array_equal(warp(pixels, np.eye(2, 3), 60, 40), pixels)


def test_a_quarter_turn_moves_every_pixel_exactly() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (30, 30, 3), dtype=np.uint8)
    clockwise = np.array([[0.0, -1.0, 30.0], [1.0, 0.0, 0.0]])
    np.testing.assert_array_equal(warp(pixels, clockwise, 30), np.rot90(pixels, -1))


def test_outside_the_picture_is_black() -> None:
    white = np.full((20, 20, 3), 255, np.uint8)
    shown = warp(white, np.array([[1.0, 0.0, 10.0], [0.0, 1.0, 10.0]]), 40)
    assert (shown[10:30, 10:30] == 255).all()
    assert shown.sum() == 20 * 20 * 3 * 255


@pytest.mark.parametrize("shift", [-1e7, 1e7])
def test_a_face_far_outside_the_picture_is_a_black_chip(shift: float) -> None:
    white = np.full((20, 20, 3), 255, np.uint8)
    assert warp(white, np.array([[1.0, 0.0, shift], [0.0, 1.0, 0.0]]), 40).sum() == 0


@given(st.lists(st.tuples(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12)), min_size=5, max_size=5))
def test_any_landmarks_make_a_chip_or_are_refused(landmarks: list[tuple[float, float]]) -> None:
    try:
        chip = warp(np.full((20, 30, 3), 9, np.uint8), similarity(landmarks, DLIB_CHIP.points), 150)
    except UnusableLandmarks:
        return
    assert chip.shape == (150, 150, 3)
    assert chip.max() <= 9


@pytest.mark.parametrize("scale", [0.5, 0.25, 0.125])
def test_shrinking_averages_areas_instead_of_picking_pixels(scale: float) -> None:
    checks = np.indices((320, 320)).sum(axis=0) % 2 * 255
    pixels = np.repeat(checks[..., None], 3, axis=2).astype(np.uint8)
    side = int(320 * scale)
    inner = warp(pixels, np.array([[scale, 0.0, 0.0], [0.0, scale, 0.0]]), side)[1:-1, 1:-1]
    assert inner.min() >= 127
    assert inner.max() <= 128


@given(st.floats(-math.pi, math.pi), st.floats(0.4, 6), st.floats(200, 300), st.floats(200, 300))
def test_landmarks_of_a_picture_land_on_the_template(angle: float, scale: float, x: float, y: float) -> None:
    landmarks = transform(turn_scale_shift(angle, scale, x, y), np.subtract(DLIB_CHIP.points, 75))
    columns, rows = np.meshgrid(np.arange(500) + 0.5, np.arange(500) + 0.5)
    margin = 6 * scale  # What the chip shows of the picture around a place: a mark cut off there has another middle.
    for landmark, place in zip(landmarks, DLIB_CHIP.points, strict=True):
        if landmark.min() < margin or landmark.max() > 500 - margin:
            continue
        blob = 255 * np.exp(-((columns - landmark[0]) ** 2 + (rows - landmark[1]) ** 2) / (2 * (4 * scale) ** 2))
        pixels = np.repeat(blob[..., None], 3, axis=2).astype(np.uint8)
        chip = warp(pixels, similarity(landmarks, DLIB_CHIP.points), 150)[..., 0].astype(float)
        positions = np.indices(chip.shape)[::-1] + 0.5
        near = chip * (np.hypot(*(positions - np.reshape(place, (2, 1, 1)))) < 6)
        centre = (near * positions).sum(axis=(1, 2)) / near.sum()
        assert np.abs(centre - place).max() < 1


def test_the_source_grid_is_the_inverse_of_the_transform() -> None:
    matrix = turn_scale_shift(0.7, 1.3, 20, -4)
    x, y = source_grid(matrix, 8, 6)
    shown = transform(matrix, np.stack([x.ravel(), y.ravel()], axis=1))
    np.testing.assert_allclose(
        shown.reshape(6, 8, 2), np.stack(np.meshgrid(np.arange(8), np.arange(6)), axis=2) + 0.5, atol=1e-9
    )


@pytest.mark.parametrize(("name", "tolerance"), [("turned", 2.2), ("corner", 1.5)])
def test_chips_are_those_that_dlib_cuts(name: str, tolerance: float) -> None:
    pixels = picture("astronaut")
    if pixels is None:
        pytest.skip("scikit-image, which carries the picture, is not installed")
    # dlib's points are middles of pixels, its chip is continuous and has a padding of 0.25 on each side.
    chip = warp(pixels, similarity(np.add(POINTS[name], 0.5), 150 * (0.25 + DLIB_FACE) / 1.5), 150)
    difference = np.abs(block_means(chip) - np.load(REFERENCE)[f"{name}.blocks"].astype(np.float32))
    # The two average areas in other ways; a template that is half a pixel off makes 4.9 and 1.9 grey levels.
    assert difference.mean() < tolerance
