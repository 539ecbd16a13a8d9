"""Whoever's list does not hold any more is due to be searched again, and says why."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.intake.cases import create_case, link_case
from engine.records.people.galleries import remove_gallery
from engine.records.review import reshaping
from engine.records.review.desk import claim, release
from engine.records.schema import Gallery, Permit, Referral, Subject, User, now
from engine.records.searching import outdated, permits
from engine.records.words import Channel, ConclusionKind, ReferralState, SubjectRole, UserRole
from tests.engine.records.records_world import (
    World,
    a_gallery,
    a_listed_subject,
    a_permit,
    a_subject_each,
    a_user,
    concluding,
    members,
)


def reason(session: Session, subject: Subject) -> str | None:
    session.expire_all()
    return session.get_one(Subject, subject.id).outdated


def listed_subjects(session: Session, world: World, count: int) -> list[Subject]:
    """Subjects with a current list each, which nothing has overtaken yet."""
    subjects = [a_listed_subject(session, world.vault)[0] for _ in range(count)]
    session.execute(update(Subject).values(outdated=None))
    return subjects


def granted(session: Session, **changes: object) -> Permit:
    approver = Actor.user(a_user(session, "chief", UserRole.SUPERVISOR))
    terms: dict[str, object] = {
        "channel": Channel.INTAKE,
        "purpose": "identify victims",
        "lawful_basis": "section 1",
        "roles": [SubjectRole.UNKNOWN],
        "galleries": [a_gallery(session, "new").id],
        "material": False,
        "approver": approver,
        "expires_at": now() + timedelta(days=1),
    }
    return permits.grant(session, **(terms | changes))  # type: ignore[arg-type]


def test_a_permit_granted_later_has_searched_again_what_it_adds_to(world: World) -> None:
    with world.database.write() as session:
        listed, passed = listed_subjects(session, world, 2)
        anna = a_user(session, "anna")
        concluding(session, world.vault, passed, anna, ConclusionKind.NO_MATCH)
        permit = granted(session)
        assert reason(session, listed) == f"A{permit.id} was granted"
        assert reason(session, passed) is None
        assert outdated.due(session) == {listed.referral_id: [listed.id]}


def test_a_permit_that_adds_nothing_has_nobody_searched_again(world: World) -> None:
    with world.database.write() as session:
        (listed,) = listed_subjects(session, world, 1)
        a_permit(session, [1, 2])
        assert reason(session, listed) is None
        granted(session, roles=[SubjectRole.SUSPECT])
        assert reason(session, listed) is None


def test_a_permit_for_a_case_concerns_the_referrals_of_the_case(world: World) -> None:
    with world.database.write() as session:
        inside, outside = listed_subjects(session, world, 2)
        anna = Actor.user(a_user(session, "anna"))
        case = create_case(session, "one", actor=anna)
        link_case(session, case, session.get_one(Referral, inside.referral_id), actor=anna)
        assert reason(session, inside) == "its referral was linked to the case one"
        permit = granted(session, case_id=case.id)
        assert reason(session, inside) == f"A{permit.id} was granted"
        assert reason(session, outside) is None


def test_a_revoked_permit_and_a_removed_gallery_make_lists_outdated(world: World) -> None:
    with world.database.write() as session:
        first, second = listed_subjects(session, world, 2)
        chief = Actor.user(a_user(session, "chief", UserRole.SUPERVISOR))
        permits.revoke(session, session.get_one(Permit, 1), actor=chief)
        assert "A1, under which it was searched, was revoked" in (reason(session, first) or "")
        assert reason(session, second) is None
        remove_gallery(session, session.get_one(Gallery, 3), actor=chief)
        assert "was removed" in (reason(session, second) or "")


def test_what_people_change_is_searched_again(world: World) -> None:
    with world.database.write() as session:
        referral, (one, other, third) = a_subject_each(session, world.vault, 3)
        anna = Actor.user(a_user(session, "anna"))
        reshaping.merge(session, other, one, actor=anna)
        assert reason(session, one) == f"S{other.id} was merged into it"
        new = reshaping.split(session, one, members(session, session.get_one(Subject, one.id)) - {1}, actor=anna)
        assert reason(session, one) == f"S{new.id} was split off it"
        assert reason(session, new) == f"it was split off S{one.id}"
        reshaping.set_role(session, third, SubjectRole.UNKNOWN, actor=anna)
        assert reason(session, third) is None
        reshaping.set_role(session, third, SubjectRole.SUSPECT, actor=anna)
        assert reason(session, third) == "its role is suspect now, and was unknown"
        assert outdated.due(session) == {referral.id: [one.id, third.id, new.id]}
        session.get_one(Referral, referral.id).state = ReferralState.ON_HOLD
        assert outdated.due(session) == {}


def test_somebody_who_is_looking_keeps_the_list_unless_it_was_their_own_change(world: World) -> None:
    with world.database.write() as session:
        (listed,) = listed_subjects(session, world, 1)
        anna = a_user(session, "anna")
        claim(session, listed.id, anna, 60)
        granted(session)
        assert reason(session, listed) is not None
        assert outdated.due(session) == {}
        reshaping.set_role(session, listed, SubjectRole.VICTIM, actor=Actor.user(session.get_one(User, anna.id)))
        assert outdated.due(session) == {listed.referral_id: [listed.id]}
        outdated.mark(session, [listed.id], "for the test")
        release(session, listed.id, anna)
        assert outdated.due(session) == {listed.referral_id: [listed.id]}
