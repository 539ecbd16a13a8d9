"""Videos of real portraits, from their bytes to tracks with their best shots."""

import io
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from config.models import load_manifest
from engine.vision.pipeline import FacePipeline
from engine.vision.tracks import Likeness, Track, Tracker
from engine.vision.video import open_video
from engine.vision.watch import LookedAt, watch
from tests.engine.vision.moving_pictures import background, encoded, placed, portrait, turned, walking

LIKENESS = Likeness(
    of=lambda vector, others: 1 - np.linalg.norm(others - vector, axis=1), in_place=0.4, anywhere=0.5, smallest=20
)


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(load_manifest(), threshold=0.8, max_side=1600, threads=1)


def watched(pipeline: FacePipeline, data: bytes) -> tuple[list[Track], list[LookedAt]]:
    tracker = Tracker(LIKENESS)
    looks = list(watch(open_video(io.BytesIO(data), max_pixels=10**7), pipeline, tracker))
    return tracker.seen, looks


@pytest.fixture(scope="module")
def two_scenes() -> bytes:
    """Two seconds of one person, then two of another in another room."""
    return encoded([*walking("astronaut", 20), *walking("hopper", 20, room=1)])


def test_each_scene_has_its_person_with_a_few_shots(pipeline: FacePipeline, two_scenes: bytes) -> None:
    tracks, looks = watched(pipeline, two_scenes)
    assert len(tracks) == 2
    first, second = tracks
    assert first.last_ms < 2000 == second.first_ms
    assert 2 <= len(first.shots) <= 4
    assert 8 <= len(looks) <= 12
    for track in tracks:
        assert track.sightings >= 4
        for shot in track.shots:
            assert shot.face is not None
            left, _, right, _ = shot.face.detection.box
            place = 20 + 4 * (shot.time_ms // 100 % 20)
            assert place <= (left + right) / 2 <= place + 200
    vectors = [np.stack([shot.vector for shot in track.shots]) for track in tracks]
    assert np.linalg.norm(vectors[0][:, None] - vectors[1], axis=2).min() > 0.6


def test_two_people_at_once_are_two_tracks_over_the_same_time(pipeline: FacePipeline) -> None:
    left, right = portrait("astronaut"), portrait("hopper")
    frames = [placed(background(), (left, 5 + n, 80), (right, 270 - n, 80)) for n in range(20)]
    tracks, _ = watched(pipeline, encoded(frames))
    assert [(track.first_ms, track.sightings) for track in tracks] == [(0, tracks[0].sightings)] * 2


def test_a_film_that_asks_to_be_turned_shows_an_upright_face(pipeline: FacePipeline) -> None:
    lying = [np.ascontiguousarray(np.rot90(frame)) for frame in walking("astronaut", 12)]
    [track], looks = watched(pipeline, turned(encoded(lying), (0, 1, -1, 0)))
    assert all(look.passes == ["normal"] for look in looks)
    assert all(shot.face is not None and abs(shot.face.quality.roll) < 20 for shot in track.shots)


def test_a_face_that_only_a_thorough_look_finds_is_followed(pipeline: FacePipeline) -> None:
    lying = [np.ascontiguousarray(np.rot90(frame, 2)) for frame in walking("astronaut", 20)]
    [track], looks = watched(pipeline, encoded(lying))
    assert track.sightings == len(looks) >= 4


def test_nobody_is_no_track(pipeline: FacePipeline) -> None:
    tracks, looks = watched(pipeline, encoded([background()] * 20))
    assert tracks == []
    assert [look.faces for look in looks] == [0]


def test_stopping_anywhere_and_going_on_gives_the_same_tracks(pipeline: FacePipeline, two_scenes: bytes) -> None:
    whole, looks = watched(pipeline, two_scenes)
    open_tracks: list[Track] = []
    done: dict[int, Track] = {}
    after = None
    while True:
        tracker = Tracker(LIKENESS, tracks=open_tracks, next_number=len(done) + 1)
        video = open_video(io.BytesIO(two_scenes), max_pixels=10**7)
        part = list(islice(watch(video, pipeline, tracker, after_ms=after), 3))
        video.close()
        if not part:
            break
        done |= {track.number: track for track in tracker.seen}
        after, open_tracks = part[-1].time_ms, tracker.still_open
    assert after == looks[-1].time_ms
    assert [(one.first_ms, one.last_ms, one.sightings) for one in done.values()] == [
        (one.first_ms, one.last_ms, one.sightings) for one in whole
    ]
    for one, other in zip(done.values(), whole, strict=True):
        assert [shot.time_ms for shot in one.shots] == [shot.time_ms for shot in other.shots]


_MEASURE = """
import resource, sys
from engine.vision.sampling import Sampler
from engine.vision.video import open_video
video = open_video(open(sys.argv[1], "rb"), max_pixels=10**7)
sampler, looks = Sampler(), 0
for number, frame in enumerate(video.frames()):
    if sampler.choose(frame):
        looks += 1
        frame.picture()
    if number == 500:
        early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(number + 1, looks, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - early) // 1024)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length_of_a_video(tmp_path: Path) -> None:
    # Two hours at one frame a second, a new scene every minute.
    rooms = [background(seed) for seed in range(120)]
    square = np.full((60, 60, 3), 255, np.uint8)
    frames = (placed(rooms[n // 60], (square, n * 7 % 400, 50)) for n in range(7_200))
    file = tmp_path / "long.avi"
    file.write_bytes(encoded(frames, "avi", rate=1))
    told = subprocess.run([sys.executable, "-c", _MEASURE, file], capture_output=True, text=True, check=True).stdout
    number, looks, grown_mib = map(int, told.split())
    assert number == 7_200
    assert looks == 7_200
    assert grown_mib < 20
