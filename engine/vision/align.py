"""Bringing a face to a fixed place and size: the least-squares similarity of landmarks, and the warp that applies it.

Positions are continuous, as the detector gives them: the first pixel reaches from 0 to 1, its middle is 0.5. Only
numpy and Pillow are needed, so that the console can turn a crop upright without loading a network.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from engine.vision.errors import UnusableLandmarks
from engine.vision.templates import Template
from engine.vision.types import Pixels

SMALLEST_SPREAD = 1e-6
"""Pixels; landmarks closer together than this say nothing about size or direction."""


def similarity(source: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """Find the rotation, equal scaling and shift that bring source points nearest to target points.

    source, target: [N, 2], N >= 2. Returns float64 [2, 3], which maps (x, y, 1) of the source to the target. It never
    mirrors. Least squares as in Umeyama 1991 (IEEE PAMI 13, 376-380); in the plane a similarity is a multiplication by
    one complex number, which gives the same minimum in closed form.
    Raises UnusableLandmarks where the points are not finite or all in one place.
    """
    from_points = _as_complex(source)
    to_points = _as_complex(target)
    from_centre, to_centre = from_points.mean(), to_points.mean()
    from_points, to_points = from_points - from_centre, to_points - to_centre
    spread = float(np.vdot(from_points, from_points).real)
    if spread < SMALLEST_SPREAD**2:
        raise UnusableLandmarks("the landmarks of the face are all in one place")
    turn = np.vdot(from_points, to_points) / spread
    shift = to_centre - turn * from_centre
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], dtype=np.float64)


def warp(pixels: Pixels, matrix: NDArray[np.float64], width: int, height: int | None = None) -> Pixels:
    """Show a picture through a similarity: uint8 [height, width, 3], square where no height is given.

    matrix: [2, 3], picture to result, as `similarity` returns it. Where the picture is more than twice as fine as the
    result it is first halved by area averages, so that nothing aliases; then it is sampled bilinearly. What lies
    outside the picture is black. Raises UnusableLandmarks where the matrix cannot be inverted.
    """
    columns, rows = source_grid(matrix, width, height or width)
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    factor = 1
    while scale * factor * 2 <= 1 and factor < max(pixels.shape):
        factor *= 2
    left, top, region = _region(pixels, columns, rows, factor)
    if factor > 1:
        region = np.asarray(Image.fromarray(region).reduce(factor))
    return _bilinear(region, (columns - left) / factor, (rows - top) / factor)


def to_template(pixels: Pixels, landmarks: ArrayLike, template: Template) -> Pixels:
    """Cut the chip of a template, uint8 [size, size, 3], around a face's landmarks [5, 2]; raises UnusableLandmarks."""
    return warp(pixels, similarity(landmarks, template.points), template.size)


def source_grid(
    matrix: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Say which picture position the middle of each result pixel shows: two float64 [height, width], x and y.

    Raises UnusableLandmarks where the matrix cannot be inverted.
    """
    square = np.linalg.det(matrix[:, :2])
    if not math.isfinite(square) or square <= 0:
        raise UnusableLandmarks("the landmarks of the face give it no size")
    inverse = np.linalg.inv(matrix[:, :2])
    shift = -inverse @ matrix[:, 2]
    x = np.arange(width)[None, :] + 0.5
    y = np.arange(height)[:, None] + 0.5
    return inverse[0, 0] * x + inverse[0, 1] * y + shift[0], inverse[1, 0] * x + inverse[1, 1] * y + shift[1]


def _as_complex(points: ArrayLike) -> NDArray[np.complex128]:
    """Points [N, 2] as N complex numbers x + iy; raises UnusableLandmarks where one is not finite."""
    pairs = np.ascontiguousarray(points, dtype=np.float64)
    if not np.isfinite(pairs).all():
        raise UnusableLandmarks("the landmarks of the face are not all finite numbers")
    return pairs.view(np.complex128)[:, 0]


def _region(
    pixels: Pixels, columns: NDArray[np.float64], rows: NDArray[np.float64], factor: int
) -> tuple[int, int, Pixels]:
    """Cut out the part of the picture that is sampled, with room for the averaging blocks: left, top and pixels."""
    height, width = pixels.shape[:2]
    margin = 2 * factor

    def limits(positions: NDArray[np.float64], length: int) -> tuple[int, int]:
        start = max(0, math.floor(min(positions.min(), length)) - margin) // factor * factor
        end = min(length, math.ceil(max(positions.max(), 0)) + margin + factor)
        return start, end

    (left, right), (top, bottom) = limits(columns, width), limits(rows, height)
    return left, top, np.ascontiguousarray(pixels[top:bottom, left:right])


def _bilinear(region: Pixels, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> Pixels:
    """Sample a region [h, w, 3] at the given positions; one black pixel is put around it, and it ends there."""
    height, width = region.shape[:2]
    framed = np.zeros((height + 2, width + 2, 3), dtype=np.uint8)
    framed[1:-1, 1:-1] = region
    # From positions to indices of the framed region: half a pixel back, and one on for the frame.
    x = np.clip(columns.ravel() + 0.5, 0, width + 0.999)
    y = np.clip(rows.ravel() + 0.5, 0, height + 0.999)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right_share, lower_share = (x - left).astype(np.float32), (y - top).astype(np.float32)
    index = top * (width + 2) + left
    flat = framed.reshape(-1, 3)

    def corner(offset: int) -> NDArray[np.float32]:
        # Channels first: arithmetic over long rows is several times faster than over three channels at a time.
        return np.asarray(np.take(flat, index + offset, axis=0).T, dtype=np.float32, order="C")

    upper, lower = corner(0), corner(width + 2)
    upper += (corner(1) - upper) * right_share
    lower += (corner(width + 3) - lower) * right_share
    upper += (lower - upper) * lower_share
    return np.ascontiguousarray((upper + 0.5).astype(np.uint8).T).reshape(*columns.shape, 3)
