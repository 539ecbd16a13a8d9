"""A video is watched part by part: each part counts once, and only the best shots stay."""

from dataclasses import replace

from engine.records.actors import Actor
from engine.records.faces.embeddings import vectors
from engine.records.faces.faces import faces_of_media, mark_face
from engine.records.faces.subjects import regroup
from engine.records.faces.watching import (
    Part,
    SeenTrack,
    finish,
    last_number,
    shots_of,
    store_part,
    tracks_of,
    tracks_of_faces,
)
from engine.records.schema import Media
from engine.records.words import MediaFinding
from tests.engine.records.records_world import (
    SPACE,
    WORKER,
    World,
    a_face,
    a_media,
    a_permit,
    a_referral,
    a_search,
    a_user,
)


def shot(time_ms: int, x: float = 0):
    return replace(a_face(x), time_ms=time_ms)


def track(number: int, *new: int, kept: tuple[int, ...] = (), last_ms: int = 900) -> SeenTrack:
    return SeenTrack(number, 0, last_ms, 3, (0, 0, 100, 100), frozenset(kept), tuple(map(shot, new)))


def store(session, world: World, media: Media, part: Part) -> bool:
    return store_part(
        session, world.vault, media, part, space_id=SPACE.id, detector="retinaface threshold=0.8", actor=WORKER
    )


def times(session, media: Media) -> list[list[int | None]]:
    return [[face.time_ms for face in shots_of(session, one)] for one in tracks_of(session, media.id)]


def test_a_part_is_kept_with_how_far_it_got(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        assert last_number(session, media.id) == 0
        assert store(session, world, media, Part(None, 1000, [track(1, 0, 500), track(2, 900)], ["normal"]))
        assert times(session, media) == [[0, 500], [900]]
        assert (media.watched_ms, media.finding, media.passes) == (1000, MediaFinding.PENDING, ["normal"])
        found = faces_of_media(session, media.id)
        assert vectors(session, SPACE.id, [face.id for face in found]).keys() == {face.id for face in found}
        assert [tracks_of_faces(session, [face.id for face in found])[face.id].number for face in found] == [1, 1, 2]
        assert last_number(session, media.id) == 2


def test_a_part_that_comes_twice_counts_once(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        part = Part(None, 1000, [track(1, 0)])
        assert store(session, world, media, part)
        assert not store(session, world, media, part)
        assert not store(session, world, media, Part(500, 2000, [track(2, 1500)]))
        assert times(session, media) == [[0]]
        assert media.watched_ms == 1000


def test_a_later_part_goes_on_with_a_track_and_outdone_shots_go(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        store(session, world, media, Part(None, 1000, [track(1, 0, 500)], ["normal"]))
        crop = faces_of_media(session, media.id)[0].crop
        later = Part(1000, 2000, [track(1, 1500, kept=(500,), last_ms=1900)], ["normal", "turned 90"])
        store(session, world, media, later)
        assert times(session, media) == [[500, 1500]]
        [one] = tracks_of(session, media.id)
        assert (one.first_ms, one.last_ms) == (0, 1900)
        assert not world.vault.holds(session, crop)
        assert media.passes == ["normal", "turned 90"]


def test_a_shot_that_a_search_rests_on_stays(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        store(session, world, media, Part(None, 1000, [track(1, 0)]))
        [face] = faces_of_media(session, media.id)
        [subject] = regroup(session, a_referral(session, media), [[face.id]], actor=WORKER)
        a_search(session, subject, a_permit(session, []), [])
        store(session, world, media, Part(1000, 2000, [track(1, 1500)]))
        assert times(session, media) == [[0, 1500]]


def test_a_watched_video_is_a_finding(world: World) -> None:
    with world.database.write() as session:
        media, empty = a_media(session, world.vault), a_media(session, world.vault)
        store(session, world, media, Part(None, 1000, [track(1, 0)], troubles=["damaged at 0:01"]))
        store(session, world, empty, Part(None, 1000, []))
        for one in (media, empty):
            finish(session, one, actor=WORKER)
        assert (media.finding, media.finding_reason) == (MediaFinding.FACES, "damaged at 0:01")
        assert (empty.finding, empty.finding_reason) == (MediaFinding.NO_FACE, None)
        assert media.analysed_at is not None
        assert not store(session, world, media, Part(1000, 2000, [track(2, 1500)]))


def test_damage_is_told_once_and_not_without_end(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        for number in range(200):
            after = number - 1 if number else None
            store(session, world, media, Part(after, number, [], troubles=["cut off", f"damaged at 0:{number:02}"]))
        assert media.finding_reason is not None
        assert media.finding_reason.startswith("cut off; damaged at 0:00; damaged at 0:01")
        assert media.finding_reason.count("cut off") == 1
        assert len(media.finding_reason) < 1100


def test_a_face_marked_meanwhile_does_not_end_the_watching(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        store(session, world, media, Part(None, 1000, [track(1, 0)]))
        mark_face(session, world.vault, media, shot(700), actor=Actor.user(a_user(session, "anna")))
        assert store(session, world, media, Part(1000, 2000, [track(1, 1500, kept=(0,))]))
        finish(session, media, actor=WORKER)
        assert [face.time_ms for face in faces_of_media(session, media.id)] == [0, 700, 1500]
