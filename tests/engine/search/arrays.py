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
