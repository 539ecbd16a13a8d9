"""Grouping into subjects: two faces of one frame never, people who look alike on average together."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.space import Space, similarity
from engine.search.subjects import Seen, group, telling
from tests.engine.search.arrays import EUCLIDEAN, vectors


def stills(frames: Sequence[int]) -> Seen:
    """Faces of still pictures."""
    none = np.zeros(len(frames), np.int64)
    return Seen(np.array(frames, np.int64), np.arange(len(frames)), none, none)


def film(*faces: tuple[int, int, int]) -> Seen:
    """Faces of one video: the track of each, and from when to when it was in sight."""
    tracks, first, last = np.array(faces, np.int64).T
    return Seen(np.zeros(len(faces), np.int64), tracks, first, last)


def grouped(
    rows: np.ndarray,
    frames: Sequence[int] | None = None,
    eyes: Sequence[float] | None = None,
    threshold: float = 0.5,
    seen: Seen | None = None,
) -> list[list[int]]:
    return group(
        EUCLIDEAN,
        np.asarray(rows, np.float32),
        seen or stills(range(len(rows)) if frames is None else frames),
        np.array([60.0] * len(rows) if eyes is None else eyes, np.float32) >= 20,
        threshold=threshold,
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


def test_faces_that_tell_little_stay_alone() -> None:
    assert grouped([[1, 0, 0, 0]] * 3, eyes=[60, 19, 20]) == [[0, 2], [1]]


def test_large_and_sharp_faces_tell_something() -> None:
    eyes, sharpness = np.array([20, 19, 60, 60], np.float32), np.array([9, 9, 2.5, 2.4], np.float32)
    assert telling(eyes, sharpness, smallest=20.0).tolist() == [True, False, True, False]


def test_faces_of_one_track_stay_together_whatever_they_look_like() -> None:
    unlike = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    assert grouped(unlike, seen=film((7, 0, 500), (3, 900, 900), (7, 0, 500))) == [[0, 2], [1]]


def test_tracks_in_sight_at_once_are_two_people_and_later_ones_may_be_one() -> None:
    same = [[1, 0, 0, 0]] * 3
    assert grouped(same, seen=film((1, 0, 500), (2, 500, 900), (3, 901, 2000))) == [[0, 2], [1]]
    assert grouped(same, seen=film((1, 0, 499), (2, 500, 900), (3, 901, 2000))) == [[0, 1, 2]]


def test_a_track_is_compared_by_all_its_faces_that_tell_something() -> None:
    # On average 0.4 from the first two faces; the third is close, but too small to be told apart.
    rows = [[1, 0, 0, 0], [1.4, 0, 0, 0], [1.6, 0, 0, 0], [1.6, 0, 0, 0]]
    seen = film((1, 0, 9), (1, 0, 9), (1, 0, 9), (2, 20, 29))
    assert grouped(rows, seen=seen, eyes=[60, 60, 10, 60], threshold=0.59) == [[0, 1, 2, 3]]
    assert grouped(rows, seen=seen, eyes=[60, 60, 10, 60], threshold=0.61) == [[0, 1, 2], [3]]
    assert grouped(rows, seen=seen, threshold=0.61) == [[0, 1, 2, 3]]


@pytest.mark.slow
def test_the_many_tracks_of_a_long_video_are_grouped() -> None:
    # 3,000 tracks of four faces, of 300 people, one after the other.
    people = np.random.default_rng(4).normal(size=(300, 128))
    rows = np.repeat(people[np.arange(3000) % 300], 4, axis=0) / 16
    rows = np.asarray(rows + np.random.default_rng(5).normal(size=rows.shape) / 100, np.float32)
    tracks = np.repeat(np.arange(3000), 4)
    seen = Seen(np.zeros(12_000, np.int64), tracks, 1000 * tracks, 1000 * tracks + 900)
    space = Space("d" * 16, "test", 128, "euclidean", {})
    groups = group(space, rows, seen, np.ones(12_000, np.bool_), threshold=0.5)
    assert sorted(map(len, groups)) == [40] * 300


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
