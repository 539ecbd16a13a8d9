"""Non-maximum suppression: of boxes that cover the same face, only the best stays."""

import numpy as np
from numpy.typing import NDArray


def suppress(boxes: NDArray[np.float32], scores: NDArray[np.float32], overlap: float) -> list[int]:
    """Return the indices of the boxes that stay, best first.

    boxes: [K, 4], x1, y1, x2, y2. scores: [K]. A box goes when its intersection over union with a better one that stays
    is more than `overlap`; of equal scores the earlier box is the better.
    """
    kept = []
    waiting = np.argsort(-scores, kind="stable")
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        waiting = waiting[intersection_over_union(boxes[best], boxes[waiting]) <= overlap]
    return kept


def intersection_over_union(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much one box [4] and each of others [K, 4] cover in common: [K], 0 to 1."""
    corner = np.maximum(box[:2], others[:, :2])
    opposite = np.minimum(box[2:], others[:, 2:])
    common = np.prod(np.clip(opposite - corner, 0, None), axis=1)
    union = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1) - common
    overlap: NDArray[np.float32] = common / np.maximum(union, np.finfo(np.float32).tiny)
    return overlap
