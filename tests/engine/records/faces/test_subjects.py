"""How machines group faces and people correct them, and that the first never undo the second."""

import pytest
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody.vault import Vault
from engine.records.errors import Claimed, NotYours, Refused
from engine.records.faces.subjects import regroup, subjects_of
from engine.records.review.desk import claim
from engine.records.review.reshaping import form, merge, set_role, split
from engine.records.schema import Face, Media, Referral, ReferralMedia, Subject
from engine.records.words import ConclusionKind, ReferralState, SubjectRole
from tests.engine.records.records_world import (
    WORKER,
    World,
    a_listed_subject,
    a_referral,
    a_subject_each,
    a_user,
    analysed,
    concluding,
    members,
)


def a_grouped_referral(session: Session, vault: Vault, *sizes: int) -> tuple[Referral, list[Subject], list[list[int]]]:
    """A ready referral of one file with groups of so many faces each."""
    faces = [face.id for face in analysed(session, vault, sum(sizes))]
    referral = a_referral(session, session.get_one(Media, session.get_one(Face, faces[0]).media_id))
    remaining = iter(faces)
    groups = [[next(remaining) for _ in range(size)] for size in sizes]
    return referral, regroup(session, referral, groups, actor=WORKER), groups


def grouping(session: Session, referral: Referral) -> list[set[int]]:
    return [members(session, subject) for subject in subjects_of(session, referral)]


def test_grouping_again_keeps_the_subjects(world: World) -> None:
    with world.database.write() as session:
        referral, subjects, (one, two) = a_grouped_referral(session, world.vault, 2, 1)
        again = regroup(session, referral, [two, one], actor=WORKER)
        assert {subject.id for subject in again} == {subject.id for subject in subjects}
        assert grouping(session, referral) == [set(one), set(two)]


def test_a_group_that_falls_apart_leaves_no_empty_subject(world: World) -> None:
    with world.database.write() as session:
        referral, (first, second), (one, two) = a_grouped_referral(session, world.vault, 2, 1)
        merged = regroup(session, referral, [[*one, *two]], actor=WORKER)
        assert [subject.id for subject in merged] == [first.id]
        assert session.get(Subject, second.id) is None


def test_a_searched_subject_that_loses_its_faces_stays_as_history(world: World) -> None:
    with world.database.write() as session:
        subject, _ = a_listed_subject(session, world.vault)
        referral = session.get_one(Referral, subject.referral_id)
        more = analysed(session, world.vault, 2)
        session.add(ReferralMedia(referral_id=referral.id, media_id=more[0].media_id, name="more.jpg"))
        session.flush()
        faces, later = members(session, subject), {face.id for face in more}
        (_, larger) = regroup(session, referral, [faces, later], actor=WORKER)
        regroup(session, referral, [faces | later], actor=WORKER)
        assert [one.id for one in subjects_of(session, referral)] == [larger.id]
        assert members(session, larger) == faces | later
        assert session.get_one(Subject, subject.id).merged_into_id == larger.id


def test_what_people_shaped_stays_and_later_faces_form_new_subjects(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        referral, (subject,), (faces,) = a_grouped_referral(session, world.vault, 3)
        set_role(session, subject, SubjectRole.VICTIM, actor=anna)
        (later,) = analysed(session, world.vault, 1)
        session.add(ReferralMedia(referral_id=referral.id, media_id=later.media_id, name="later.jpg"))
        session.flush()
        regroup(session, referral, [[*faces[:1], later.id], faces[1:]], actor=WORKER)
        assert grouping(session, referral) == [set(faces), {later.id}]
        assert session.get_one(Subject, subject.id).role is SubjectRole.VICTIM


def test_what_was_concluded_on_or_linked_to_stays(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        other, _ = a_listed_subject(session, world.vault)
        subject, (link,) = a_listed_subject(session, world.vault, link_to=other)
        concluding(session, world.vault, subject, anna, ConclusionKind.IDENTIFIED, link)
        for one in (subject, other):
            referral = session.get_one(Referral, one.referral_id)
            faces = members(session, one)
            (new,) = analysed(session, world.vault, 1)
            session.add(ReferralMedia(referral_id=referral.id, media_id=new.media_id, name="new.jpg"))
            session.flush()
            regroup(session, referral, [[*faces, new.id]], actor=WORKER)
            assert members(session, one) == faces


def test_what_somebody_is_looking_at_stays(world: World) -> None:
    with world.database.write() as session:
        referral, (subject, _), (one, two) = a_grouped_referral(session, world.vault, 2, 1)
        claim(session, subject.id, a_user(session, "anna"), 60)
        regroup(session, referral, [[*one, *two]], actor=WORKER)
        assert grouping(session, referral) == [set(one), set(two)]


def test_groups_must_be_of_the_referral_and_apart(world: World) -> None:
    with world.database.write() as session:
        referral, _, (faces,) = a_grouped_referral(session, world.vault, 2)
        (foreign,) = analysed(session, world.vault, 1)
        with pytest.raises(ValueError, match="no face of"):
            regroup(session, referral, [[foreign.id]], actor=WORKER)
        with pytest.raises(ValueError, match="twice"):
            regroup(session, referral, [faces, faces[:1]], actor=WORKER)


def test_a_split_opens_a_new_subject_and_reopens_the_referral(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        referral, (subject,), (faces,) = a_grouped_referral(session, world.vault, 3)
        concluding(session, world.vault, subject, anna, ConclusionKind.NO_MATCH)
        assert referral.state is ReferralState.DECIDED
        cited = faces[0]  # All eyes are equally far apart, so the oldest face was shown.
        with pytest.raises(Refused, match="conclusion"):
            split(session, subject, [cited], actor=Actor.user(anna))
        new = split(session, subject, faces[1:2], actor=Actor.user(anna))
        assert grouping(session, referral) == [{faces[0], faces[2]}, {faces[1]}]
        assert referral.state is ReferralState.READY
        assert new.shaped_by_id == anna.id
        with pytest.raises(Refused, match="Only some"):
            split(session, new, faces[1:2], actor=Actor.user(anna))


def test_a_merge_moves_the_faces_and_keeps_the_history(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        referral, (first, second), (one, two) = a_grouped_referral(session, world.vault, 1, 2)
        merge(session, second, first, actor=anna)
        assert grouping(session, referral) == [{*one, *two}]
        assert members(session, second) == set(two)
        with pytest.raises(Refused, match="merged into"):
            merge(session, second, first, actor=anna)


def test_subjects_are_not_merged_over_a_conclusion_or_across_referrals(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        _, (first, second) = a_subject_each(session, world.vault, people=2)
        _, (foreign,) = a_subject_each(session, world.vault)
        with pytest.raises(Refused, match="one referral"):
            merge(session, foreign, first, actor=Actor.user(anna))
        concluding(session, world.vault, first, anna, ConclusionKind.NO_MATCH)
        for pair in [(first, second), (second, first)]:
            with pytest.raises(Refused, match="carries the conclusion"):
                merge(session, *pair, actor=Actor.user(anna))


def test_nobody_reshapes_what_somebody_else_examines(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        _, (subject, other), (faces, _) = a_grouped_referral(session, world.vault, 2, 1)
        claim(session, subject.id, anna, 60)
        with pytest.raises(Claimed):
            split(session, subject, faces[:1], actor=Actor.user(bo))
        with pytest.raises(Claimed):
            merge(session, other, subject, actor=Actor.user(bo))
        with pytest.raises(NotYours):
            set_role(session, subject, SubjectRole.VICTIM, actor=WORKER)


def test_faces_marked_by_hand_form_a_subject(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        referral, _, (faces,) = a_grouped_referral(session, world.vault, 1)
        (marked,) = analysed(session, world.vault, 1)
        session.add(ReferralMedia(referral_id=referral.id, media_id=marked.media_id, name="b.jpg"))
        session.flush()
        form(session, referral, [marked.id], actor=anna)
        assert grouping(session, referral) == [set(faces), {marked.id}]
        with pytest.raises(Refused, match="no other subject"):
            form(session, referral, [marked.id], actor=anna)
