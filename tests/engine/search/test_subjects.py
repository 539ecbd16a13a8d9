"""Grouping into subjects: two faces of one frame never, people who look alike on average together."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.search.space import similarity
from engine.search.subjects import group
from tests.engine.search.arrays import EUCLIDEAN, vectors


def grouped(
    rows: np.ndarray, frames: Sequence[int] | None = None, eyes: Sequence[float] | None = None, threshold: float = 0.5
) -> list[list[int]]:
    return group(
        EUCLIDEAN,
        np.asarray(rows, np.float32),
        np.arange(len(rows)) if frames is None else np.array(frames, np.int64),
        np.array([60.0] * len(rows) if eyes is None else eyes, np.float32),
        threshold=threshold,
        smallest=20.0,
    )


def test_two_people_become_two_subjects() -> None:
    assert grouped([[1, 0, 0, 0], [0, 1, 0, 0], [1.1, 0, 0, 0], [0, 1.1, 0, 0], [1, 0.1, 0, 0]]) == [[0, 2, 4], [1, 3]]


def test_the_average_decides_and_not_the_closest_pair() -> None:
    # A chain: each is 0.4 from the next. 0 and 1 join; 2 is 0.6 from them on average, too far at 0.5 and not at 0.6.
    chain = [[1, 0, 0, 0], [1.4, 0, 0, 0], [1.8, 0, 0, 0]]
    assert grouped(chain) == [[0, 1], [2]]
    assert grouped(chain, threshold=0.39) == [[0, 1, 2]]


def test_the_average_counts_every_face_once() -> None:
    # From 0 the three others lie 0.1, 0.2 and 0.9: on average 0.4, and 0.525 if merged pairs counted as one.
    line = [[1, 0, 0, 0], [1.1, 0, 0, 0], [0.9, 0, 0, 0], [1.9, 0, 0, 0]]
    averages = 1 - similarity(EUCLIDEAN, np.array(line[3:], np.float32), np.array(line[:3], np.float32)).mean()
    assert grouped(line, threshold=1 - averages - 0.001) == [[0, 1, 2, 3]]
    assert grouped(line, threshold=1 - averages + 0.001) == [[0, 1, 2], [3]]


def test_two_faces_of_one_frame_stay_apart_even_through_a_third() -> None:
    same = [[1, 0, 0, 0]] * 3
    assert grouped(same, frames=[1, 1, 2]) == [[0, 2], [1]]
    assert grouped([*same, [1, 0, 0, 0]], frames=[1, 1, 2, 2]) == [[0, 2], [1, 3]]


def test_small_faces_stay_alone() -> None:
    assert grouped([[1, 0, 0, 0]] * 3, eyes=[60, 19, 20]) == [[0, 2], [1]]


def test_nothing_and_one_are_no_problem() -> None:
    assert grouped(np.empty((0, 4))) == []
    assert grouped([[1, 0, 0, 0]]) == [[0]]


@given(vectors(most=14), st.data())
def test_groups_are_a_partition_that_could_not_be_merged_further(rows: np.ndarray, draw: st.DataObject) -> None:
    frames = draw.draw(st.lists(st.integers(0, 5), min_size=len(rows), max_size=len(rows)))
    groups = grouped(rows, frames)
    assert sorted(place for one in groups for place in one) == list(range(len(rows)))
    scores = similarity(EUCLIDEAN, rows, rows)
    for one in groups:
        assert len({frames[place] for place in one}) == len(one)
        for other in groups:
            apart = {frames[place] for place in one} & {frames[place] for place in other}
            if one != other and not apart:
                assert scores[np.ix_(one, other)].mean() < 0.5 + 1e-5
