"""Sightings of one person become one track; two people never do, whatever the boxes say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.shots import MOMENT_MS, MOST, Shot, best_of, worth
from engine.vision.tracks import PATIENCE_MS, Likeness, Tracker
from engine.vision.types import AnalysedFace, Crop, Detection, Quality

LIKENESS = Likeness(
    of=lambda vector, others: 1 - np.linalg.norm(others - vector, axis=1), in_place=0.4, anywhere=0.5, smallest=20
)
ANNA, BEN = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
GOOD = Quality(eye_distance=60, sharpness=300, brightness=120, contrast=40, yaw=0, pitch=0, roll=0)


def face(person: np.ndarray, x: float, *, eyes: float = 60, sharpness: float = 300) -> AnalysedFace:
    detection = Detection((x, 0, x + 100, 120), np.zeros((5, 2), np.float32), 0.99)
    quality = Quality(eyes, sharpness, 120, 40, 0, 0, 0)
    return AnalysedFace(detection, quality, person, Crop(b"", (0, 0, 1, 1), 1))


def spans(tracker: Tracker) -> list[tuple[int, int, int]]:
    return [(track.first_ms, track.last_ms, track.sightings) for track in tracker.seen]


def test_a_face_that_moves_is_one_track() -> None:
    tracker = Tracker(LIKENESS)
    for step in range(10):
        tracker.see(500 * step, [face(ANNA, 60 * step)])
    assert spans(tracker) == [(0, 4500, 10)]
    assert tracker.seen[0].box[0] == 540


def test_a_face_that_jumps_is_followed_by_its_looks() -> None:
    tracker = Tracker(LIKENESS)
    tracker.see(0, [face(ANNA, 0)])
    tracker.see(500, [face(ANNA, 900)])
    assert spans(tracker) == [(0, 500, 2)]


def test_a_small_face_is_followed_in_its_place_alone() -> None:
    tracker = Tracker(LIKENESS)
    for x in (0, 10, 900):
        tracker.see(x, [face(ANNA, x, eyes=15)])
    assert len(tracker.seen) == 2


def test_a_blurred_face_is_followed_in_its_place_alone() -> None:
    tracker = Tracker(LIKENESS)
    for x in (0, 10, 900):
        tracker.see(x, [face(ANNA, x, sharpness=2)])
    assert len(tracker.seen) == 2


def test_another_person_in_the_same_place_is_another_track() -> None:
    tracker = Tracker(LIKENESS)
    tracker.see(0, [face(ANNA, 0)])
    tracker.see(500, [face(BEN, 0)])
    assert len(tracker.seen) == 2


def test_two_who_cross_keep_their_tracks() -> None:
    tracker = Tracker(LIKENESS)
    for step in range(11):
        tracker.see(500 * step, [face(ANNA, 40 * step), face(BEN, 400 - 40 * step)])
    assert spans(tracker) == [(0, 5000, 11), (0, 5000, 11)]
    for track, person in zip(tracker.seen, (ANNA, BEN), strict=True):
        assert all((shot.vector == person).all() for shot in track.shots)


def test_two_faces_of_one_frame_are_never_one_track() -> None:
    tracker = Tracker(LIKENESS)
    for step in range(3):
        tracker.see(500 * step, [face(ANNA, 0), face(ANNA, 10)])
    assert spans(tracker) == [(0, 1000, 3), (0, 1000, 3)]


@pytest.mark.parametrize(("gap", "tracks"), [(PATIENCE_MS, 1), (PATIENCE_MS + 1, 2)])
def test_a_face_may_be_out_of_sight_for_a_while(gap: int, tracks: int) -> None:
    tracker = Tracker(LIKENESS)
    tracker.see(0, [face(ANNA, 0)])
    tracker.see(gap, [face(ANNA, 0)])
    assert len(tracker.seen) == tracks


def test_a_new_scene_begins_new_tracks() -> None:
    tracker = Tracker(LIKENESS)
    tracker.see(0, [face(ANNA, 0)])
    tracker.end_scene()
    tracker.see(500, [face(ANNA, 0)])
    assert [track.number for track in tracker.seen] == [1, 2]


def test_a_later_part_goes_on_with_the_tracks_left_open() -> None:
    earlier = Tracker(LIKENESS)
    earlier.see(0, [face(ANNA, 0)])
    later = Tracker(LIKENESS, tracks=earlier.seen, next_number=2)
    assert later.seen == []
    later.see(500, [face(ANNA, 0), face(BEN, 300)])
    assert [(track.number, track.sightings) for track in later.seen] == [(1, 2), (2, 1)]


def test_the_best_shots_are_kept_at_different_moments() -> None:
    tracker = Tracker(LIKENESS)
    for step in range(40):
        tracker.see(250 * step, [face(ANNA, 0, sharpness=1000 if step in (8, 9, 30) else 50 + step)])
    times = [shot.time_ms for shot in tracker.seen[0].shots]
    assert {2000, 7500} <= set(times)
    assert 2250 not in times
    assert len(times) == MOST


@given(st.lists(st.tuples(st.integers(0, 20_000), st.floats(0, 1)), unique_by=lambda one: one[0]), st.integers(0, 40))
def test_the_same_shots_are_kept_in_one_portion_or_in_several(made: list[tuple[int, float]], place: int) -> None:
    shots = [Shot(time, value, ANNA) for time, value in made]
    kept = best_of(shots)
    assert kept == best_of([*best_of(shots[:place]), *shots[place:]])
    assert len({shot.time_ms // MOMENT_MS for shot in kept}) == len(kept) <= MOST
    if shots:
        assert max(shot.worth for shot in kept) == max(shot.worth for shot in shots)


@pytest.mark.parametrize(
    "poorer",
    [
        Quality(20, 300, 120, 40, 0, 0, 0),
        Quality(60, 30, 120, 40, 0, 0, 0),
        Quality(60, 300, 15, 40, 0, 0, 0),
        Quality(60, 300, 250, 40, 0, 0, 0),
        Quality(60, 300, 120, 40, 60, 0, 0),
        Quality(60, 300, 120, 40, 0, -60, 0),
    ],
    ids=["small", "blurred", "dark", "glaring", "turned", "looking down"],
)
def test_a_poorer_face_is_worth_less(poorer: Quality) -> None:
    assert 0 <= worth(poorer, 0.99) < worth(GOOD, 0.99) <= 1
    assert worth(GOOD, 0.8) < worth(GOOD, 0.99)
