"""Grouping of a referral's faces into subjects: the faces that are safely one person, and no more.

A wrong merge hides a child behind another one; a missed merge costs a person one key. So a face joins a group only when
it is like the group on average (average-link clustering, Sokal and Michener 1958), never a group that has a face in the
same frame, and never when it is too small to be told apart.
"""

import numpy as np
from numpy.typing import NDArray

from engine.search.space import Space, Vectors, similarity


def group(
    space: Space,
    vectors: Vectors,
    frames: NDArray[np.int64],
    eyes: NDArray[np.float32],
    *,
    threshold: float,
    smallest: float,
) -> list[list[int]]:
    """The faces, as positions, in groups of one person each; groups and their faces in the order of the positions.

    vectors: float32 [N, D] of one space. frames: int64 [N], which picture or video frame a face was seen in; two faces
    of one frame are two people. eyes: float32 [N], pixels between the eyes; a face below `smallest` stays alone.
    threshold: the average score from which two groups are one person.
    """
    apart = frames[:, None] == frames
    apart |= (eyes < smallest)[:, None] | (eyes < smallest)
    np.fill_diagonal(apart, True)
    scores = similarity(space, vectors, vectors).astype(np.float64) if len(vectors) else np.empty((0, 0))
    scores[apart] = -np.inf
    groups = {position: [position] for position in range(len(vectors))}
    while len(groups) > 1:
        one, other = (int(place) for place in np.unravel_index(scores.argmax(), scores.shape))
        if scores[one, other] < threshold:
            break
        _merge(scores, one, other, len(groups[one]), len(groups[other]))
        groups[one] += groups.pop(other)
    return sorted(sorted(faces) for faces in groups.values())


def _merge(scores: NDArray[np.float64], one: int, other: int, size: int, other_size: int) -> None:
    """Put the average over both groups in the row and column of `one`; a group barred to either is barred to both."""
    joined = (size * scores[one] + other_size * scores[other]) / (size + other_size)
    joined[one] = -np.inf
    scores[one], scores[:, one] = joined, joined
    scores[other], scores[:, other] = -np.inf, -np.inf
