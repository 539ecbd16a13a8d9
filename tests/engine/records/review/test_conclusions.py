"""Who may conclude what, and what follows from it."""

import pytest
from sqlalchemy import select

from engine.records import leases
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import NotFound, NotYours, Refused, SameExaminer, WrongTransition
from engine.records.people import persons
from engine.records.review.conclusions import conclude, conclusions_of, undo
from engine.records.review.desk import claim, release
from engine.records.review.outcome import awaiting, standing_of
from engine.records.schema import Attribution, Exhibit, Referral, Subject, now
from engine.records.words import ConclusionKind, ReferralState, SubjectStanding, UserRole
from tests.engine.records.records_world import SPACE, WORKER, World, a_listed_subject, a_user, concluding, proposed

K = ConclusionKind


def test_two_examiners_identify_and_the_subject_belongs_to_the_person(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        referral = session.get_one(Referral, subject.referral_id)

        concluding(session, world.vault, subject, anna, K.IDENTIFIED, emma)
        assert referral.state is ReferralState.AWAITING_SECOND
        assert persons.attribution_of(session, subject.id) is None
        assert [one.id for one in awaiting(session, bo)] == [subject.id]
        assert awaiting(session, anna) == []

        second = concluding(session, world.vault, subject, bo, K.IDENTIFIED, emma)
        assert referral.state is ReferralState.DECIDED
        assert subject.standing is SubjectStanding.IDENTIFIED
        held = persons.attribution_of(session, subject.id)
        assert held is not None
        assert held.conclusion_id == second.id
        assert held.person_id == proposed(session, emma).person_id


def test_one_examiner_cannot_identify_twice_not_even_on_another_reference_of_the_same_person(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, (emma, other) = a_listed_subject(session, world.vault)
        # The second candidate becomes another reference of the very same person, in another gallery.
        reference = proposed(session, other)
        reference.person_id = proposed(session, emma).person_id
        session.flush()
        first = concluding(session, world.vault, subject, anna, K.IDENTIFIED, emma)
        for candidate in (emma, other):
            with pytest.raises(SameExaminer):
                concluding(session, world.vault, subject, anna, K.IDENTIFIED, candidate)
        claim(session, subject.id, anna, 60)
        undo(session, first.id, Actor.user(anna))
        concluding(session, world.vault, subject, anna, K.IDENTIFIED, other)
        assert standing_of(session, subject.id).standing is SubjectStanding.AWAITING_SECOND


def test_a_conclusion_needs_the_claim_of_the_one_who_makes_it(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, _ = a_listed_subject(session, world.vault)
        with pytest.raises(NotYours, match="no claim"):
            conclude(
                session, world.vault, subject_id=subject.id, kind=K.NO_MATCH, examiner=Actor.user(anna), rendering={}
            )
        claim(session, subject.id, bo, 60)
        with pytest.raises(NotYours, match="no claim"):
            conclude(
                session, world.vault, subject_id=subject.id, kind=K.NO_MATCH, examiner=Actor.user(anna), rendering={}
            )
        leases.expire(session, at=now().replace(year=now().year + 1))
        with pytest.raises(NotYours, match="no claim"):
            conclude(
                session, world.vault, subject_id=subject.id, kind=K.NO_MATCH, examiner=Actor.user(bo), rendering={}
            )


@pytest.mark.parametrize("role", [UserRole.ONCALL, UserRole.INTAKE, UserRole.AUDITOR])
def test_only_examiners_conclude(world: World, role: UserRole) -> None:
    with world.database.write() as session:
        user = a_user(session, "carl", role)
        subject, _ = a_listed_subject(session, world.vault)
        with pytest.raises(Refused, match="role"):
            conclude(
                session, world.vault, subject_id=subject.id, kind=K.NO_MATCH, examiner=Actor.user(user), rendering={}
            )


def test_machines_revoked_and_unbound_users_do_not_conclude(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, _ = a_listed_subject(session, world.vault)
        revoked, unbound = Actor.user(anna), Actor.user(bo)
        anna.revoked_at, bo.account = now(), None
        for examiner, why in ((WORKER, "Only a person"), (revoked, "was revoked"), (unbound, "no key and no account")):
            with pytest.raises(NotYours, match=why):
                conclude(session, world.vault, subject_id=subject.id, kind=K.NO_MATCH, examiner=examiner, rendering={})
        assert conclusions_of(session, subject.referral_id) == []


def test_a_candidate_must_be_of_the_subjects_own_list(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, _ = a_listed_subject(session, world.vault)
        _, (foreign, _) = a_listed_subject(session, world.vault)
        with pytest.raises(NotFound, match="no candidate"):
            concluding(session, world.vault, subject, anna, K.IDENTIFIED, foreign)
        with pytest.raises(Refused, match="needs a candidate"):
            concluding(session, world.vault, subject, anna, K.EXCLUDED)
        with pytest.raises(Refused, match="about no candidate"):
            concluding(session, world.vault, subject, anna, K.NO_MATCH, foreign)


def test_a_disagreement_waits_for_a_third_who_settles_it(world: World) -> None:
    with world.database.write() as session:
        anna, bo, carl = (a_user(session, name) for name in ("anna", "bo", "carl"))
        subject, (emma, _) = a_listed_subject(session, world.vault)
        referral = session.get_one(Referral, subject.referral_id)
        concluding(session, world.vault, subject, anna, K.IDENTIFIED, emma)
        concluding(session, world.vault, subject, bo, K.NO_MATCH)
        assert subject.standing is SubjectStanding.DISAGREED
        assert referral.state is ReferralState.AWAITING_SECOND
        assert (awaiting(session, anna), awaiting(session, bo)) == ([], [])
        assert [one.id for one in awaiting(session, carl)] == [subject.id]
        concluding(session, world.vault, subject, carl, K.IDENTIFIED, emma)
        assert subject.standing is SubjectStanding.IDENTIFIED
        assert referral.state is ReferralState.DECIDED


def test_undoing_an_identification_ends_what_rested_on_it(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        concluding(session, world.vault, subject, anna, K.IDENTIFIED, emma)
        second = concluding(session, world.vault, subject, bo, K.IDENTIFIED, emma)
        with pytest.raises(NotYours):
            undo(session, second.id, Actor.user(anna))
        undo(session, second.id, Actor.user(bo))
        assert persons.attribution_of(session, subject.id) is None
        assert session.scalars(select(Attribution)).one().ended_by_id == bo.id
        assert session.get_one(Referral, subject.referral_id).state is ReferralState.AWAITING_SECOND
        with pytest.raises(Refused, match="not in force"):
            undo(session, second.id, Actor.user(bo))


def test_an_identified_link_makes_both_subjects_one_unnamed_person(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        other, _ = a_listed_subject(session, world.vault)
        subject, (link,) = a_listed_subject(session, world.vault, link_to=other)
        for user in (anna, bo):
            concluding(session, world.vault, subject, user, K.IDENTIFIED, link)
        mine, theirs = (persons.attribution_of(session, one.id) for one in (subject, other))
        assert mine is not None and theirs is not None
        assert mine.person_id == theirs.person_id
        assert persons.get_person(session, mine.person_id).name is None
        assert session.get_one(Subject, other.id).standing is SubjectStanding.OPEN


def test_the_exhibit_keeps_the_crops_and_the_rendering(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        made = concluding(session, world.vault, subject, anna, K.EXCLUDED, emma)
        exhibit = session.get_one(Exhibit, made.exhibit_id)
        assert exhibit.face_id == emma.face_id
        assert exhibit.rendering == {"protocol": "cells"}
        for crop in (exhibit.probe_crop, exhibit.crop):
            assert crop is not None
            assert f"E{exhibit.id}" in world.vault.owners(session, crop)


def test_a_referral_without_faces_is_concluded_as_a_whole(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, _ = a_listed_subject(session, world.vault)
        examiner = Actor.user(anna)
        with pytest.raises(Refused, match="has subjects"):
            conclude(
                session, world.vault, referral_id=subject.referral_id, kind=K.NO_MATCH, examiner=examiner, rendering={}
            )


def test_nothing_is_concluded_about_a_referral_that_is_out_of_work(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, _ = a_listed_subject(session, world.vault)
        claim(session, subject.id, anna, 60)
        session.get_one(Referral, subject.referral_id).state = ReferralState.WITHDRAWN
        with pytest.raises(WrongTransition, match="withdrawn"):
            conclude(
                session, world.vault, subject_id=subject.id, kind=K.NO_MATCH, examiner=Actor.user(anna), rendering={}
            )


def test_releasing_without_a_conclusion_makes_the_referral_ready_again(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, _ = a_listed_subject(session, world.vault)
        claim(session, subject.id, anna, 60)
        assert session.get_one(Referral, subject.referral_id).state is ReferralState.IN_REVIEW
        assert release(session, subject.id, anna) is ReferralState.READY


def test_every_conclusion_is_in_the_ledger_and_the_ledger_holds(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        made = concluding(session, world.vault, subject, anna, K.EXCLUDED, emma)
        event = ledger.events(session, target=f"D{made.id}")[0]
        assert (event.actor, event.action, event.details["kind"]) == (f"user:{anna.id}", "conclusion.made", "excluded")
        assert ledger.verify(session).ok
        assert made.search_id is not None and SPACE.id
