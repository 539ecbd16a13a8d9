"""Faces marked by hand: aligned, embedded, stored as whose word they are, and searched like any other."""

import pytest
from PIL import Image
from sqlalchemy import select

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import NotFound, Refused, WrongTransition
from engine.records.faces import faces, subjects
from engine.records.faces.embeddings import vectors
from engine.records.ids import public
from engine.records.intake.withdrawal import withdraw
from engine.records.people import users
from engine.records.schema import Face, Media, Referral
from engine.records.searching.searches import current_candidates, current_search
from engine.records.words import FaceOrigin, MediaFinding, ReferralState, UserRole
from jobs.detecting import detect_media
from jobs.errors import BadInput
from jobs.marking import mark, media_named
from jobs.matching import match_referral
from jobs.searching_again import search_again, see_to_it
from tests.jobs.pictures import astronaut, nobody, png
from tests.jobs.referrals_world import media_ids, state_of
from tests.jobs.test_matching import delivered

#: The astronaut's eyes, as the detector finds them in the whole picture.
EYES = ((206, 113), (247, 109))


@pytest.fixture
def anna(records) -> Actor:
    with records.database.write() as session:
        setup = Actor.machine("setup")
        return Actor.user(users.add_user(session, "anna", UserRole.INVESTIGATOR, "account-anna", actor=setup))


def ready(bench, picture: Image.Image) -> tuple[int, int]:
    number = delivered(bench.records, png(picture))
    (media_id,) = media_ids(bench.records, number)
    detect_media(bench, media_id)
    match_referral(bench, number)
    return number, media_id


def test_a_face_that_nobody_found_is_searched_once_it_is_marked(bench, records, permit, anna) -> None:
    number, media_id = ready(bench, nobody().resize((512, 512)))
    with records.database.read() as session:
        assert session.get_one(Media, media_id).finding is MediaFinding.NO_FACE
    marked = mark(bench, media_id, EYES, actor=anna)
    with records.database.read() as session:
        subject = subjects.get_subject(session, marked.subject_ids[0])
        assert subject.outdated == "it was formed by hand" and subject.shaped_by_id == anna.user_id
    said: list[str] = []
    see_to_it(bench, [number], said.append)
    assert "No worker is running" in said[0]
    with records.database.read() as session:
        face = session.get_one(Face, marked.face_id)
        assert face.origin is FaceOrigin.PERSON and face.eye_distance == pytest.approx(41.2, abs=0.1)
        subject = subjects.get_subject(session, marked.subject_ids[0])
        search = current_search(session, subject.id)
        assert search is not None and search.probe == {"faces": [face.id]} and subject.outdated is None
        (event,) = ledger.events(session, target=public("face", face.id))
        assert (event.action, event.actor) == ("face.marked", anna.name)
    assert state_of(records, number) is ReferralState.READY


def test_the_eyes_alone_align_a_face_as_the_detector_would(bench, records, permit, anna) -> None:
    number, media_id = ready(bench, astronaut())
    with records.database.read() as session:
        (found,) = faces.faces_of_media(session, media_id)
    marked = mark(bench, media_id, found.landmarks[:2], actor=anna)
    assert marked.beside == (found.id,)
    with records.database.read() as session:
        known = vectors(session, bench.space.id, [found.id, marked.face_id])
        # Half of what the model still calls one person (0.6).
        assert abs(known[found.id] - known[marked.face_id]).max() < 0.3
        assert ((known[found.id] - known[marked.face_id]) ** 2).sum() ** 0.5 < 0.3
        box = session.get_one(Face, marked.face_id).box
        assert faces.overlap(box, found.box) > 0.7
    search_again(bench, number)
    with records.database.read() as session:
        (first, *_) = current_candidates(session, marked.subject_ids[0])
        assert first.reference_id is not None


def test_the_same_marking_again_changes_nothing(bench, records, permit, anna) -> None:
    _, media_id = ready(bench, nobody().resize((512, 512)))
    first = mark(bench, media_id, EYES, actor=anna)
    again = mark(bench, media_id, EYES, actor=anna)
    assert (again.face_id, again.subject_ids, again.again) == (first.face_id, first.subject_ids, True)
    with records.database.read() as session:
        assert len(session.scalars(select(Face).where(Face.media_id == media_id)).all()) == 1


def test_no_later_run_takes_a_marked_face_away(bench, records, permit, anna) -> None:
    number, media_id = ready(bench, nobody().resize((512, 512)))
    marked = mark(bench, media_id, EYES, actor=anna)
    with records.database.write() as session:
        faces.store_analysis(
            session, records.vault, session.get_one(Media, media_id), [], detector="x", passes=[], actor=bench.actor
        )
    delivered(records, png(nobody().resize((512, 512))), png(astronaut()))
    for one in media_ids(records, number):
        detect_media(bench, one)
    match_referral(bench, number)
    with records.database.read() as session:
        living = subjects.subjects_of(session, session.get_one(Referral, number))
        members = subjects.members_of(session, [subject.id for subject in living])
        assert members[marked.subject_ids[0]] == {marked.face_id} and len(living) == 2


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        (((-5, 10), (40, 10)), "lies outside the picture"),
        (((10, 10), (12, 10)), "apart; below 4"),
        (((10, 10), (12, 10), (40, 10)), "two eyes or with five points"),
        (((10, 10), (400, 10), (20, 400), (300, 20), (40, 30)), "not arranged like a face"),
    ],
)
def test_points_that_are_no_face_are_refused(bench, records, permit, anna, points, reason: str) -> None:
    _, media_id = ready(bench, nobody().resize((512, 512)))
    with pytest.raises(BadInput, match=reason):
        mark(bench, media_id, points, actor=anna)


def test_nobody_marks_without_the_role_or_in_a_closed_referral(bench, records, permit, anna, tmp_path) -> None:
    number, media_id = ready(bench, nobody().resize((512, 512)))
    with records.database.write() as session:
        setup = Actor.machine("setup")
        auditor = Actor.user(users.add_user(session, "aud", UserRole.AUDITOR, "account-aud", actor=setup))
    with pytest.raises(Refused):
        mark(bench, media_id, EYES, actor=auditor)
    with pytest.raises(BadInput, match="has no --at"):
        mark(bench, media_id, EYES, at_ms=1000, actor=anna)
    with records.database.write() as session:
        withdraw(session, session.get_one(Referral, number), "sent in error", actor=anna)
    with pytest.raises(WrongTransition, match="is withdrawn"):
        mark(bench, media_id, EYES, actor=anna)
    (tmp_path / "copy.png").write_bytes(png(nobody().resize((512, 512))))
    assert media_named(bench, str(tmp_path / "copy.png")) == media_id
    (tmp_path / "other.png").write_bytes(png(nobody()))
    with pytest.raises(NotFound, match="is in no referral"):
        media_named(bench, str(tmp_path / "other.png"))
