"""Pairs that are alike enough: exactly those that a search of each face alone would find."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.search import alike as module
from engine.search.alike import Side, alike
from engine.search.space import Space, exact_scores

EUCLIDEAN = Space("s", "m", 8, "euclidean", {})
COSINE = Space("s", "m", 8, "cosine", {})


def faces(seed: int, count: int, twins: np.ndarray | None = None) -> Side:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(count, 8)).astype(np.float32)
    if twins is not None:
        some = random.integers(0, len(twins), count // 2)
        vectors[: count // 2] = twins[some] + random.normal(scale=1e-3, size=(count // 2, 8)).astype(np.float32)
    return Side(vectors, random.integers(0, 3, count))


@given(
    st.integers(0, 10_000),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([EUCLIDEAN, COSINE]),
    st.lists(st.floats(-3, 1) | st.just(float("inf")), min_size=3, max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_it_finds_every_pair_that_reaches_the_floor_of_its_poorer_face_and_no_other(
    seed: int, lefts: int, rights: int, space: Space, floors: list[float]
) -> None:
    left = faces(seed, lefts)
    right = faces(seed + 1, rights, twins=left.vectors)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "SIDE", 7)
        found = alike(space, left, right, tuple(floors))
    scores = exact_scores(space, left.vectors, right.vectors)
    least = np.array(floors)[np.minimum(left.bins[:, None], right.bins)]
    expected = {(int(row), int(column)) for row, column in np.argwhere(scores >= least)}
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == expected
    assert found.scores.tolist() == [scores[pair] for pair in pairs]


def test_a_score_that_a_float32_product_cannot_tell_from_the_floor_is_decided_exactly() -> None:
    base = np.full((1, 8), 30.0, np.float32)
    near = base.copy()
    near[0, 0] += np.float32(0.25)
    left, right = Side(base, np.zeros(1, np.int64)), Side(near, np.zeros(1, np.int64))
    assert alike(EUCLIDEAN, left, right, (0.75,)).scores.tolist() == [0.75]
    assert not len(alike(EUCLIDEAN, left, right, (float(np.nextafter(0.75, 1)),)).scores)
