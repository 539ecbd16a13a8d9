"""Vectors for the tests of search: hypothesis strategies that make ties likely, and a float64 brute force."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.search.space import Space

EUCLIDEAN = Space("e" * 16, "test-euclidean", 4, "euclidean", {})
COSINE = Space("c" * 16, "test-cosine", 4, "cosine", {})
SPACES = st.sampled_from([EUCLIDEAN, COSINE])

# Few values, so that equal vectors and equal scores are common, and some that differ in the last float32 digits only.
_VALUES = st.sampled_from([-1.5, -1.0, -0.25, 0.0, 0.25, 0.25000003, 1.0, 1.0000001, 1.5])


@st.composite
def vectors(draw: st.DrawFn, least: int = 1, most: int = 60) -> NDArray[np.float32]:
    """Vectors float32 [N, 4], none of them zero."""
    rows = draw(st.lists(st.tuples(*[_VALUES] * 4).filter(any), min_size=least, max_size=most))
    return np.array(rows, np.float32)


def brute_force(space: Space, probes: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Scores float64 [P, N], one pair after the other in plain Python numbers."""
    scores = np.empty((len(probes), len(rows)))
    for i, probe in enumerate(probes.astype(np.float64)):
        for j, row in enumerate(rows.astype(np.float64)):
            if space.metric == "euclidean":
                scores[i, j] = 1 - np.sqrt(((probe - row) ** 2).sum())
            else:
                scores[i, j] = (probe * row).sum() / np.linalg.norm(probe) / np.linalg.norm(row)
    return scores


@st.composite
def hostile(draw: st.DrawFn) -> NDArray[np.float32]:
    """Vectors float32 [N, D] that short copies do badly on: lone large numbers, lengths far apart, near copies."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    number, dimension = draw(st.integers(1, 60)), draw(st.sampled_from([1, 2, 3, 7, 16, 33, 128]))
    rows = random.standard_normal((number, dimension)) + 1e-3
    if draw(st.booleans()):
        rows *= np.exp(random.uniform(-12, 12, (number, 1)))
    if draw(st.booleans()):
        rows[random.random(rows.shape) < 0.05] *= 300
    if draw(st.booleans()):
        rows[random.random(number) < 0.1] *= 1e5
    if draw(st.booleans()):
        copies = number - number // 2
        rows[number // 2 :] = rows[0] * (1 + random.integers(0, 3, (copies, 1)) * 2.0**-23)
    rows += draw(st.sampled_from([0.0, 1.0, 100.0]))
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows * np.clip(lengths, 1e-5, 9e5) / lengths).astype(np.float32)
