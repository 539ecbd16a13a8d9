"""RetinaFace's priors, the boxes its heads correct, and how a correction becomes a box and landmarks."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Pixels between the cells of a level, and the sides of its two square priors: the values the network was trained with.
_LEVELS = ((8, (16, 32)), (16, (64, 128)), (32, (256, 512)))
# By how much the training scaled its corrections ("variances").
_CENTRE_VARIANCE = 0.1
_SIZE_VARIANCE = 0.2


def make_priors(height: int, width: int) -> Floats:
    """Return the priors of a picture whose sides are multiples of 32.

    float32 [P, 4]: centre x, centre y, width, height in pixels; level by level from fine to coarse, in each row by row,
    in each cell the smaller prior first.
    """
    levels = []
    for step, sides in _LEVELS:
        y, x, side = np.meshgrid(np.arange(height // step), np.arange(width // step), sides, indexing="ij")
        levels.append(np.stack([(x + 0.5) * step, (y + 0.5) * step, side, side], axis=-1).reshape(-1, 4))
    return np.concatenate(levels).astype(np.float32)


def decode_boxes(corrections: Floats, priors: Floats) -> Floats:
    """Return boxes float32 [K, 4], x1, y1, x2, y2 in pixels, from corrections [K, 4] of the priors [K, 4]."""
    centre = priors[:, :2] + corrections[:, :2] * _CENTRE_VARIANCE * priors[:, 2:]
    half = priors[:, 2:] * np.exp(corrections[:, 2:] * _SIZE_VARIANCE) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def decode_landmarks(corrections: Floats, priors: Floats) -> Floats:
    """Return landmarks float32 [K, 5, 2] in pixels from corrections [K, 10] of the priors [K, 4]."""
    offsets = corrections.reshape(-1, 5, 2) * _CENTRE_VARIANCE * priors[:, None, 2:]
    return priors[:, None, :2] + offsets
