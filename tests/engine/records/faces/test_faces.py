"""What analyses may change among the faces of a file, and what they must leave alone."""

import struct

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody.vault import Vault
from engine.records.errors import BadVector, NotYours, SpaceMismatch
from engine.records.faces.embeddings import add_embedding, vectors
from engine.records.faces.faces import NewFace, faces_of_media, mark_face, mark_unreadable, overlap, store_analysis
from engine.records.schema import Embedding, Face, IndexRow, Media
from engine.records.words import FaceOrigin, MediaFinding
from tests.engine.records.records_world import (
    SPACE,
    WORKER,
    World,
    a_face,
    a_listed_subject,
    a_media,
    a_permit,
    a_referral,
    a_search,
    a_subject_each,
    a_user,
    a_vector,
    analysed,
    members,
)


def analyse(session: Session, vault: Vault, media: Media, faces: list[NewFace]) -> list[Face]:
    return store_analysis(
        session, vault, media, faces, detector="retinaface", passes=["normal"], space_id=SPACE.id, actor=WORKER
    )


def test_an_analysis_run_again_changes_nothing(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        found = [a_face(0), a_face(200)]
        first = [face.id for face in analyse(session, world.vault, media, found)]
        again = [face.id for face in analyse(session, world.vault, media, found)]
        assert first == again
        assert session.scalar(select(func.count()).select_from(Embedding)) == 2
        assert media.finding is MediaFinding.FACES


def test_faces_no_longer_found_go_with_their_crops_and_vectors(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        kept, gone = a_face(0), a_face(200)
        faces = analyse(session, world.vault, media, [kept, gone])
        crop = faces[1].crop
        assert [face.id for face in analyse(session, world.vault, media, [kept])] == [faces[0].id]
        assert not world.vault.holds(session, crop)
        assert vectors(session, SPACE.id, [face.id for face in faces]).keys() == {faces[0].id}


def test_an_analysis_without_faces_is_a_finding(world: World) -> None:
    with world.database.write() as session:
        media = a_media(session, world.vault)
        assert analyse(session, world.vault, media, []) == []
        assert media.finding is MediaFinding.NO_FACE
        mark_unreadable(session, media, "truncated JPEG", detector="retinaface", actor=WORKER)
        assert (media.finding, media.finding_reason) == (MediaFinding.UNREADABLE, "truncated JPEG")
        analyse(session, world.vault, media, [a_face()])
        assert (media.finding, media.finding_reason) == (MediaFinding.FACES, None)


def test_a_marked_face_survives_and_stands_for_what_is_found_at_its_place(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        media = a_media(session, world.vault)
        with pytest.raises(NotYours):
            mark_face(session, world.vault, media, a_face(), actor=WORKER)
        marked = mark_face(session, world.vault, media, a_face(10), space_id=SPACE.id, actor=anna)
        assert [face.id for face in analyse(session, world.vault, media, [a_face(15)])] == [marked.id]
        assert [face.id for face in analyse(session, world.vault, media, [])] == [marked.id]
        assert faces_of_media(session, media.id)[0].origin is FaceOrigin.PERSON
        assert media.finding is MediaFinding.FACES


def test_a_face_that_a_search_rests_on_survives_a_later_analysis(world: World) -> None:
    with world.database.write() as session:
        subject, (candidate, _) = a_listed_subject(session, world.vault)
        (probe,) = members(session, subject)
        for face_id in (probe, candidate.face_id):
            media = session.get_one(Media, session.get_one(Face, face_id).media_id)
            assert [face.id for face in analyse(session, world.vault, media, [])] == [face_id]


def test_a_face_that_was_searched_in_vain_survives_a_later_analysis(world: World) -> None:
    with world.database.write() as session:
        _, (subject,) = a_subject_each(session, world.vault)
        a_search(session, subject, a_permit(session, []), [])
        (probe,) = members(session, subject)
        media = session.get_one(Media, session.get_one(Face, probe).media_id)
        assert [face.id for face in analyse(session, world.vault, media, [])] == [probe]


BAD_VECTORS = {
    "empty": b"",
    "short": a_vector()[:-4],
    "long": a_vector() + a_vector(),
    "not a number": struct.pack("<4f", 1, float("nan"), 0, 0),
    "infinite": struct.pack("<4f", 1, 0, float("inf"), 0),
    "zeros": struct.pack("<4f", 0, 0, 0, 0),
}


@pytest.mark.parametrize("vector", BAD_VECTORS.values(), ids=BAD_VECTORS)
def test_a_vector_that_cannot_be_one_is_refused(world: World, vector: bytes) -> None:
    with world.database.write() as session:
        (face,) = analysed(session, world.vault, 1)
        with pytest.raises(BadVector):
            add_embedding(session, face.id, SPACE.id, vector)


def test_a_vector_of_an_unknown_space_is_refused(world: World) -> None:
    with world.database.write() as session:
        (face,) = analysed(session, world.vault, 1)
        with pytest.raises(SpaceMismatch, match="not registered"):
            add_embedding(session, face.id, "elsewhere", a_vector())


def test_a_replaced_vector_becomes_a_newer_row_of_the_index(world: World) -> None:
    with world.database.write() as session:
        subject, _ = a_listed_subject(session, world.vault)
        (face_id,) = members(session, subject)
        row = select(IndexRow.id).where(IndexRow.face_id == face_id)
        newest = session.scalar(select(func.max(IndexRow.id))) or 0
        add_embedding(session, face_id, SPACE.id, a_vector(0.5, 0.25, 0.0, 0.0))
        assert session.scalars(row).one() > newest
        assert vectors(session, SPACE.id, [face_id])[face_id].tolist() == [0.5, 0.25, 0.0, 0.0]


def test_the_same_file_in_two_referrals_has_its_faces_once(world: World) -> None:
    with world.database.write() as session:
        (face,) = analysed(session, world.vault, 1)
        media = session.get_one(Media, face.media_id)
        a_referral(session, media)
        a_referral(session, media)
        assert [one.id for one in faces_of_media(session, media.id)] == [face.id]


def test_overlap_is_intersection_over_union() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1.0
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(50 / 150)
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0.0
