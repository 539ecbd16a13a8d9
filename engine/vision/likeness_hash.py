"""PDQ: 256 bits by which pictures that look alike are found, whatever their size or format (not their faces).

The algorithm is Facebook's (ThreatExchange, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm",
2019): brightness, twice blurred to 64 x 64, the 16 x 16 lowest frequencies but the constant one, each above their
median or not. Written here because its binding, pdqhash, has to be compiled where it is installed; beside that one,
on pictures of up to 1024 pixels a side, the bits are the same but for rounding.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.vision.types import Pixels

_SIDE, _FREQUENCIES = 64, 16
#: Larger pictures are reduced by averaging first: the blur would do the same, at many times the work.
_LARGEST = 1024
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LikenessHash:
    """The hash as 32 bytes, the first bit last; quality from 0 (a flat area) to 100, as PDQ defines it."""

    pdq: bytes
    quality: int


def likeness_hash(pixels: Pixels) -> LikenessHash:
    """The PDQ hash of an upright RGB picture (height x width x 3, uint8)."""
    grey = _reduced(pixels)
    for _ in range(2):
        grey = _blurred(_blurred(grey, axis=1), axis=0)
    rows, columns = (((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(int) for length in grey.shape)
    small = grey[np.ix_(rows, columns)]
    waves = _waves()
    frequencies = (waves @ small @ waves.T).ravel()
    median = np.partition(frequencies, frequencies.size // 2 - 1)[frequencies.size // 2 - 1]
    bits = np.packbits(frequencies > median, bitorder="little")
    return LikenessHash(bits[::-1].tobytes(), _quality(small))


def _reduced(pixels: Pixels) -> Floats:
    """Brightness from 0 to 255, at most about `_LARGEST` pixels on the longer side."""
    step = -(-max(pixels.shape[:2]) // _LARGEST)
    height, width = (max(1, length // step) for length in pixels.shape[:2])
    if step == 1 or min(pixels.shape[:2]) < step:
        return np.asarray(pixels @ _LUMA, np.float32)
    grey = np.empty((height, width), np.float32)
    for row in range(height):  # Some rows at a time: a float copy of a large picture would be four times its size.
        band = pixels[row * step : (row + 1) * step, : width * step].reshape(step, width, step, 3)
        grey[row] = band.mean(axis=(0, 2), dtype=np.float32) @ _LUMA
    return grey


def _blurred(grey: Floats, axis: int) -> Floats:
    """A moving average along one axis, over fewer pixels at the ends."""
    length = grey.shape[axis]
    window = (length + 2 * _SIDE - 1) // (2 * _SIDE)
    half = (window + 2) // 2
    places = np.arange(length)
    first, behind = np.maximum(places + half - window, 0), np.minimum(places + half, length)
    sums = np.cumsum(grey, axis=axis, dtype=np.float64)
    sums = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis)
    shape = (-1, 1) if axis == 0 else (1, -1)
    average = (sums.take(behind, axis) - sums.take(first, axis)) / (behind - first).reshape(shape)
    return np.asarray(average, np.float32)


@lru_cache(maxsize=1)
def _waves() -> Floats:
    """The cosines of the frequencies 1 to 16 over 64 places (DCT-II without its constant row), 16 x 64."""
    frequency, place = np.arange(1, _FREQUENCIES + 1)[:, None], np.arange(_SIDE)[None, :]
    scale = np.sqrt(2 / _SIDE)
    return np.asarray(scale * np.cos(np.pi / (2 * _SIDE) * frequency * (2 * place + 1)), np.float32)


def _quality(small: Floats) -> int:
    """How much changes from place to place: the sum of whole per cents of the brightness range, by 90, at most 100."""
    changes = sum(int(np.abs(np.diff(small, axis=axis) * 100 / 255).astype(int).sum()) for axis in (0, 1))
    return min(100, changes // 90)
