"""Of boxes over one face the best stays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.nms import intersection_over_union, suppress

BOXES = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 10, 4]], np.float32)


def test_intersection_over_union_is_that_of_areas() -> None:
    np.testing.assert_allclose(intersection_over_union(BOXES[0], BOXES), [1, 81 / 119, 0, 0.4], rtol=1e-6)


def test_a_box_without_area_overlaps_nothing() -> None:
    empty = np.array([5, 5, 5, 5], np.float32)
    assert intersection_over_union(empty, np.array([empty, BOXES[0]])).tolist() == [0, 0]


def test_the_better_box_stays_and_an_overlap_of_exactly_the_limit_is_allowed() -> None:
    scores = np.array([0.8, 0.9, 0.5, 0.7], np.float32)
    assert suppress(BOXES[[0, 3]], scores[[0, 3]], 0.4) == [0, 1]
    assert suppress(BOXES[:3], scores[:3], 0.4) == [1, 2]


def test_of_equal_scores_the_earlier_stays() -> None:
    assert suppress(BOXES[:2], np.array([0.9, 0.9], np.float32), 0.4) == [0]


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 4, st.floats(0, 1, width=32)), max_size=30))
def test_what_stays_overlaps_little_and_what_goes_overlaps_something_better(rows: list[tuple[float, ...]]) -> None:
    values = np.array(rows, np.float32).reshape(-1, 5)
    boxes = np.concatenate([values[:, :2], values[:, :2] + values[:, 2:4]], axis=1)
    scores = values[:, 4]
    kept = suppress(boxes, scores, 0.4)
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)
    for place, index in enumerate(kept):
        assert (intersection_over_union(boxes[index], boxes[kept[:place]]) <= 0.4).all()
    for index in set(range(len(boxes))) - set(kept):
        better = [other for other in kept if scores[other] >= scores[index]]
        assert (intersection_over_union(boxes[index], boxes[better]) > 0.4).any()
