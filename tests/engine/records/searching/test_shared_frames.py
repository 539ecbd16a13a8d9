"""Two people of one picture with the same first candidate: both lists say so, as long as it is so."""

from sqlalchemy.orm import Session

from engine.records.faces.subjects import regroup, subjects_of
from engine.records.people.galleries import faces_of_reference
from engine.records.schema import Media, Reference, Subject, Track, TrackFace
from engine.records.searching.grants import PermitGrant
from engine.records.searching.searches import current_candidates
from engine.records.searching.shared_frames import SHARED_FRAME
from tests.engine.records.records_world import (
    WORKER,
    World,
    a_candidate,
    a_face,
    a_gallery,
    a_permit,
    a_reference,
    a_referral,
    a_search,
    a_subject_each,
    analysed,
    members,
)


def search(session: Session, permit: PermitGrant, subject: Subject, *best_first: Reference) -> None:
    probe = min(members(session, subject))
    found = [
        a_candidate(probe, faces_of_reference(session, one.id)[0][0].id, 0.9 - 0.1 * rank, reference_id=one.id)
        for rank, one in enumerate(best_first)
    ]
    a_search(session, subject, permit, found)


def cautioned(session: Session, *subjects: Subject) -> list[list[int]]:
    """The ranks, for each subject, of the candidates that carry the caution."""
    session.expire_all()
    return [
        [one.rank for one in current_candidates(session, subject.id) if SHARED_FRAME in one.cautions]
        for subject in subjects
    ]


def test_both_say_so_once_the_second_search_puts_the_same_person_first(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        emma, ida = (
            a_reference(session, world.vault, gallery, "Emma"),
            a_reference(session, world.vault, gallery, "Ida"),
        )
        permit = a_permit(session, [gallery.id])
        _, (one, other) = a_subject_each(session, world.vault, people=2)
        search(session, permit, one, emma, ida)
        assert cautioned(session, one, other) == [[], []]
        search(session, permit, other, emma, ida)
        assert cautioned(session, one, other) == [[1], [1]]
        search(session, permit, other, ida, emma)
        assert cautioned(session, one, other) == [[], []]


def test_one_person_in_two_galleries_is_one_person(world: World) -> None:
    with world.database.write() as session:
        first, second = a_gallery(session, "first"), a_gallery(session, "second")
        emma, again = a_reference(session, world.vault, first, "Emma"), a_reference(session, world.vault, second, "E.")
        again.person_id = emma.person_id
        permit = a_permit(session, [first.id, second.id])
        _, (one, other) = a_subject_each(session, world.vault, people=2)
        search(session, permit, one, emma, again)
        search(session, permit, other, again, emma)
        assert cautioned(session, one, other) == [[1], [1]]


def test_two_pictures_of_one_referral_may_show_the_same_person(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        emma = a_reference(session, world.vault, gallery, "Emma")
        permit = a_permit(session, [gallery.id])
        faces = [analysed(session, world.vault, 1)[0] for _ in range(2)]
        referral = a_referral(session, *(session.get_one(Media, face.media_id) for face in faces))
        regroup(session, referral, [[face.id] for face in faces], actor=WORKER)
        one, other = subjects_of(session, referral)
        search(session, permit, one, emma)
        search(session, permit, other, emma)
        assert cautioned(session, one, other) == [[], []]


def test_in_a_video_it_counts_who_is_in_sight_at_the_same_moment(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        emma = a_reference(session, world.vault, gallery, "Emma")
        permit = a_permit(session, [gallery.id])
        faces = analysed(session, world.vault, [a_face(300.0 * place) for place in range(3)])
        media = session.get_one(Media, faces[0].media_id)
        # Best shots lie apart, but the first two tracks overlap; the third begins later.
        for number, (face, first, last) in enumerate(zip(faces, (0, 4000, 9000), (5000, 8000, 9500), strict=True), 1):
            face.time_ms = first
            track = Track(media_id=media.id, number=number, first_ms=first, last_ms=last, sightings=3, box=[0, 0, 1, 1])
            session.add(track)
            session.flush()
            session.add(TrackFace(track_id=track.id, face_id=face.id))
        referral = a_referral(session, media)
        regroup(session, referral, [[face.id] for face in faces], actor=WORKER)
        subjects = subjects_of(session, referral)
        for subject in subjects:
            search(session, permit, subject, emma)
        assert cautioned(session, *subjects) == [[1], [1], []]
