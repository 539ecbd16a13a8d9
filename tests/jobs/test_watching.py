"""The job `watch` with the real networks: a video becomes a finding part by part, whatever happens in between."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import select

from engine.formats.incoming import IncomingFile, IncomingReferral
from engine.records.errors import VaultError
from engine.records.faces import faces, subjects, watching
from engine.records.intake import batches
from engine.records.intake.admission import receive
from engine.records.schema import Media, Referral, VaultObject
from engine.records.words import Lane, MediaFinding, MediaKind, ReferralState
from jobs.detecting import detect_media
from jobs.dispatch import dispatch
from jobs.inline import work_here
from jobs.pending import pending
from jobs.watching import watch_media
from tests.engine.vision.moving_pictures import animated, background, encoded, placed, portrait, walking
from tests.jobs.jobs_world import wait_until
from tests.jobs.pictures import astronaut, png
from tests.jobs.referrals_world import ACTOR, media_ids, state_of, waiting


def report(records, *files: tuple[str, bytes], priority: int = 50) -> int:
    """A report with pictures and videos, each by its kind and content."""
    named = tuple(IncomingFile(f"{place}", kind, data=data) for place, (kind, data) in enumerate(files))
    with records.database.write() as session:
        batch = batches.start_batch(session, actor=ACTOR)
        incoming = IncomingReferral("a report", named, report_number=f"{len(files)} {priority}")
        number = receive(session, records.vault, batch, incoming, actor=ACTOR, priority=priority).referral.id
        batches.finish_batch(session, batch, inputs=1, actor=ACTOR)
    return number


def media_of(records, number: int) -> Media:
    with records.database.read() as session:
        return session.get_one(Media, media_ids(records, number)[0])


def followed(records, media: Media) -> list[tuple[int, int, int, list[int | None]]]:
    """Each track of a video: from when to when, how often it was seen, and the times of its shots."""
    with records.database.read() as session:
        return [
            (
                track.first_ms,
                track.last_ms,
                track.sightings,
                [face.time_ms for face in watching.shots_of(session, track)],
            )
            for track in watching.tracks_of(session, media.id)
        ]


@pytest.fixture(scope="module")
def film() -> bytes:
    """Two seconds of one person, then two of another."""
    return encoded([*walking("astronaut", 20), *walking("hopper", 20, room=1)], options={"movflags": "faststart"})


@pytest.fixture
def in_parts(bench):
    """The tools of a command whose time is up after every look."""
    worker = bench.settings.worker.model_copy(update={"video_part_seconds": 0})
    bench.settings = bench.settings.model_copy(update={"worker": worker})
    return bench


def test_a_video_is_a_finding_with_tracks_and_times(bench, records, film) -> None:
    number = report(records, ("video", film))
    media_id = media_of(records, number).id
    watch_media(bench, media_id)
    media = media_of(records, number)
    assert (media.finding, media.finding_reason) == (MediaFinding.FACES, None)
    assert (media.format, media.width, media.height, media.duration_ms) == ("MP4", 480, 360, 4000)
    assert media.detector == bench.pipeline.detector_identity
    first, second = followed(records, media)
    assert first[0] == 0 and first[1] < 2000 == second[0]
    assert media.watched_ms == second[1]
    assert state_of(records, number) is ReferralState.WORKING


def test_watched_in_parts_it_shows_the_same(in_parts, records, film) -> None:
    whole, parts = report(records, ("video", film)), report(records, ("video", film + b"\0"))
    for _ in range(40):
        watch_media(in_parts, media_of(records, parts).id)
        if media_of(records, parts).finding is not MediaFinding.PENDING:
            break
        assert media_of(records, parts).watched_ms is not None
    in_parts.settings = in_parts.settings.model_copy(
        update={"worker": in_parts.settings.worker.model_copy(update={"video_part_seconds": 300})}
    )
    watch_media(in_parts, media_of(records, whole).id)
    assert followed(records, media_of(records, parts)) == followed(records, media_of(records, whole)) != []


def test_whoever_waits_is_told_how_far_a_video_has_been_watched(in_parts, records, film) -> None:
    number = report(records, ("video", film))
    said: list[str] = []
    work_here(in_parts, said.append)
    name = f"M{media_of(records, number).id}"
    told = [sentence for sentence in said if sentence.startswith(name)]
    assert told[0] == f"{name}: 0 of 4 seconds watched."
    assert f"{name}: 3 of 4 seconds watched." in told
    assert state_of(records, number) is ReferralState.READY


def test_people_of_a_video_become_subjects_and_the_referral_ready(bench, records, film) -> None:
    left, right = portrait("astronaut"), portrait("hopper")
    both = encoded([placed(background(), (left, 5 + n, 80), (right, 270 - n, 80)) for n in range(10)])
    number = report(records, ("video", film), ("video", both), ("image", png(astronaut())))
    work_here(bench, lambda _: None)
    assert state_of(records, number) is ReferralState.READY
    with records.database.read() as session:
        found = subjects.subjects_of(session, session.get_one(Referral, number))
        members = subjects.members_of(session, [subject.id for subject in found])
        everyone = faces.faces_of_referral(session, number)
        files = {face.id: face.media_id for face in everyone}
        assert sum(map(len, members.values())) == len(everyone) > 4
        assert len(found) == 2
        # The astronaut is in all three files, the admiral in both videos.
        assert sorted(len({files[face] for face in one}) for one in members.values()) == [2, 3]


def test_an_animated_picture_is_watched(bench, records) -> None:
    number = report(records, ("image", animated(walking("astronaut", 8), "WEBP")))
    detect_media(bench, media_of(records, number).id)
    media = media_of(records, number)
    assert (media.kind, media.finding) == (MediaKind.VIDEO, MediaFinding.PENDING)
    watch_media(bench, media.id)
    media = media_of(records, number)
    assert (media.finding, media.format) == (MediaFinding.FACES, "WEBP")
    assert len(followed(records, media)) == 1


def test_a_video_cut_off_shows_what_is_there_and_says_what_is_not(bench, records, film) -> None:
    number = report(records, ("video", film[: len(film) * 2 // 3]))
    watch_media(bench, media_of(records, number).id)
    media = media_of(records, number)
    assert media.finding is MediaFinding.FACES
    assert "though it says it lasts 0:04" in (media.finding_reason or "")


@pytest.mark.parametrize(
    ("data", "finding", "reason"),
    [
        (b"\x1aE\xdf\xa3 a film", MediaFinding.UNREADABLE, "Matroska"),
        (b"\0\0\0\x20ftypisom", MediaFinding.UNREADABLE, "MP4"),
        (b"", MediaFinding.UNREADABLE, "empty"),
        (None, MediaFinding.NO_FACE, None),
    ],
    ids=["damaged", "a beginning", "empty", "nobody"],
)
def test_a_video_without_faces_is_a_finding_and_its_referral_ready(bench, records, data, finding, reason) -> None:
    number = report(records, ("video", encoded([background()] * 5) if data is None else data))
    work_here(bench, lambda _: None)
    media = media_of(records, number)
    assert media.finding is finding
    assert (reason or "") in (media.finding_reason or "")
    assert state_of(records, number) is ReferralState.READY


def test_an_altered_vault_is_an_error_and_no_finding(bench, records, film) -> None:
    number = report(records, ("video", film))
    media = media_of(records, number)
    with records.database.read() as session:
        name = session.scalar(select(VaultObject.file).where(VaultObject.address == media.address))
    with (records.vault.folder / str(name)).open("r+b") as file:
        file.seek(1000)
        file.write(b"altered")
    with pytest.raises(VaultError):
        watch_media(bench, media.id)
    assert media_of(records, number).finding is MediaFinding.PENDING


def test_each_part_is_a_job_of_its_own_in_the_lane_of_videos(in_parts, records, redis, settings, film) -> None:
    number = report(records, ("video", film), ("image", png(astronaut())), priority=0)
    dispatch(records, redis, settings, [number], ACTOR)
    first, picture = media_ids(records, number)
    assert waiting(redis, Lane.URGENT) == [f"detect-M{picture}"]
    assert waiting(redis, Lane.VIDEO) == [f"watch-M{first}"]
    in_parts.redis = redis
    watch_media(in_parts, first)
    next_part = f"watch-M{first}-{media_of(records, number).watched_ms}"
    assert waiting(redis, Lane.VIDEO) == [next_part, f"watch-M{first}"]
    with records.database.read() as session:
        assert next_part in {work.job_id for work in pending(session, [number])[0].works}


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_video_costs_a_part_at_most(records, redis, settings, tmp_path) -> None:
    frames = [frame for scene in range(20) for frame in walking("astronaut", 10, room=scene)]
    number = report(records, ("video", encoded(frames, rate=5)))
    dispatch(records, redis, settings, [number], ACTOR)
    environment = os.environ | {
        "TRIAGE_HOME": str(settings.home),
        "TRIAGE_WORKER__HEARTBEAT_SECONDS": "1",
        "TRIAGE_WORKER__VIDEO_PART_SECONDS": "1",
        "OMP_NUM_THREADS": "1",
    }

    def worker() -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            command = [sys.executable, "-m", "jobs.worker", "video"]
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    victim, successor = worker(), None
    try:
        wait_until(lambda: (media_of(records, number).watched_ms or 0) > 3000, seconds=90)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        watched = media_of(records, number).watched_ms
        assert media_of(records, number).finding is MediaFinding.PENDING
        successor = worker()
        wait_until(lambda: media_of(records, number).finding is MediaFinding.FACES, seconds=120)
    finally:
        for process in filter(None, (victim, successor)):
            process.kill()
            process.wait()
    media = media_of(records, number)
    assert media.watched_ms is not None and watched is not None and media.watched_ms > watched
    tracks = followed(records, media)
    assert [first // 2000 for first, *_ in tracks] == list(range(20))
    with records.database.read() as session:
        times = [face.time_ms for face in faces.faces_of_media(session, media.id)]
        assert len(times) == len(set(times))
