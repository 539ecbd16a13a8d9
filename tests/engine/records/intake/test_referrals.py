"""Tests of referrals once they are in, and of the cases people link them to."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import Duplicate, NotFound, NotYours, WrongTransition
from engine.records.faces.subjects import regroup
from engine.records.intake import cases, referrals
from engine.records.intake.referral_media import left_for_workers
from engine.records.intake.withdrawal import withdraw
from engine.records.schema import CaseReferral, Media
from engine.records.words import MediaFinding, ReferralState
from tests.engine.records.records_world import WORKER, World, a_media, a_referral, a_user, analysed

S = ReferralState


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.write() as session:
        yield session


@pytest.fixture
def anna(session: Session) -> Actor:
    return Actor.user(a_user(session, "anna"))


def test_urgent_referrals_come_first_and_then_the_oldest(session: Session) -> None:
    made = [a_referral(session, state=state) for state in (S.READY, S.READY, S.RECEIVED)]
    made[1].priority = 0
    assert referrals.list_referrals(session) == [made[1], made[0], made[2]]
    assert referrals.list_referrals(session, [S.READY]) == [made[1], made[0]]
    assert referrals.list_referrals(session, limit=1, offset=1) == [made[0]]
    assert referrals.list_referrals(session, []) == []


def test_a_missing_referral_is_named(session: Session) -> None:
    with pytest.raises(NotFound, match="R99"):
        referrals.get_referral(session, 99)


def test_files_that_nobody_has_looked_at_are_left_for_the_workers(world: World, session: Session) -> None:
    seen, new = a_media(session, world.vault), a_media(session, world.vault)
    seen.finding = MediaFinding.NO_FACE
    referral = a_referral(session, seen, new)
    assert left_for_workers(session, referral.id)
    new.finding = MediaFinding.UNREADABLE
    assert not left_for_workers(session, referral.id)


def test_faces_that_no_subject_has_are_left_for_the_workers(world: World, session: Session) -> None:
    first, second = analysed(session, world.vault, 2)
    referral = a_referral(session, session.get_one(Media, first.media_id))
    elsewhere = a_referral(session, session.get_one(Media, first.media_id))
    regroup(session, elsewhere, [[first.id], [second.id]], actor=WORKER)
    regroup(session, referral, [[first.id]], actor=WORKER)
    assert left_for_workers(session, referral.id)
    regroup(session, referral, [[first.id], [second.id]], actor=WORKER)
    assert not left_for_workers(session, referral.id)


@pytest.mark.parametrize("state", [S.QUEUED, S.READY, S.DECIDED])
def test_a_held_referral_goes_back_to_the_workers(session: Session, anna: Actor, state: S) -> None:
    referral = a_referral(session, state=state)
    referrals.hold(session, referral, "wait for the sender", actor=anna)
    assert (referral.state, referral.reason) == (S.ON_HOLD, "wait for the sender")
    assert referrals.resume(session, referral, actor=anna).state is S.RECEIVED


def test_people_and_not_machines_hold_resume_and_withdraw(session: Session, anna: Actor) -> None:
    referral = a_referral(session)
    with pytest.raises(NotYours):
        referrals.hold(session, referral, "no", actor=WORKER)
    with pytest.raises(NotYours):
        referrals.resume(session, referral, actor=WORKER)
    with pytest.raises(NotYours):
        withdraw(session, referral, "no", actor=WORKER)
    assert referral.state is S.READY
    assert withdraw(session, referral, "sent in error", actor=anna) == []
    assert referral.state is S.WITHDRAWN
    with pytest.raises(WrongTransition):
        referrals.hold(session, referral, "too late", actor=anna)


def test_a_case_and_its_referrals_know_each_other_while_they_are_linked(session: Session, anna: Actor) -> None:
    north, south = (cases.create_case(session, name, actor=anna) for name in ("north", "south"))
    first, second = a_referral(session), a_referral(session)
    cases.link_case(session, north, first, actor=anna)
    cases.link_case(session, south, first, actor=anna)
    cases.link_case(session, north, second, actor=anna)
    assert cases.cases_of(session, first.id) == [north, south]
    assert cases.referrals_of(session, north.id) == [first, second]
    cases.unlink_case(session, north, first, actor=anna)
    assert cases.cases_of(session, first.id) == [south]
    assert cases.referrals_of(session, north.id) == [second]


def test_an_ended_link_stays_as_history_and_can_be_made_again(session: Session, anna: Actor) -> None:
    case, referral = cases.create_case(session, "north", actor=anna), a_referral(session)
    link = cases.link_case(session, case, referral, actor=anna, reason="same room")
    assert cases.link_case(session, case, referral, actor=anna) is link
    cases.unlink_case(session, case, referral, actor=anna)
    with pytest.raises(NotFound, match="not linked"):
        cases.unlink_case(session, case, referral, actor=anna)
    cases.link_case(session, case, referral, actor=anna)
    links = session.query(CaseReferral).order_by(CaseReferral.id).all()
    assert [(one.unlinked_at is None, one.reason) for one in links] == [(False, "same room"), (True, None)]


def test_links_are_made_by_people(session: Session, anna: Actor) -> None:
    case = cases.create_case(session, "north", actor=anna)
    with pytest.raises(NotYours):
        cases.link_case(session, case, a_referral(session), actor=WORKER)


def test_cases_are_found_by_name_and_number(session: Session, anna: Actor) -> None:
    south, north = (cases.create_case(session, name, actor=anna) for name in ("south", "north"))
    assert cases.list_cases(session) == [north, south]
    assert cases.case_named(session, "north") is cases.get_case(session, north.id)
    with pytest.raises(Duplicate, match="north"):
        cases.create_case(session, "north", actor=anna)
    with pytest.raises(NotFound, match="west"):
        cases.case_named(session, "west")
    with pytest.raises(NotFound, match="K99"):
        cases.get_case(session, 99)
