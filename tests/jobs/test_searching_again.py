"""Subjects that are due are searched again: here or by workers, under what holds now, and found by the keeper."""

from datetime import timedelta

import pytest

from engine.records.actors import Actor
from engine.records.faces import subjects
from engine.records.people import galleries, users
from engine.records.review import reshaping
from engine.records.schema import Permit, Referral, Subject, now
from engine.records.searching import outdated, permits
from engine.records.searching.searches import current_search, scopes_of
from engine.records.words import Channel, GalleryPurpose, SubjectRole, UserRole
from jobs.detecting import detect_media
from jobs.matching import match_referral
from jobs.searching_again import queue_due, search_again, see_to_it
from tests.jobs.pictures import astronaut, png
from tests.jobs.referrals_world import fail, media_ids, waiting
from tests.jobs.test_matching import delivered


@pytest.fixture
def referral(bench, permit) -> int:
    """One with one subject that was searched."""
    number = delivered(bench.records, png(astronaut()))
    for media_id in media_ids(bench.records, number):
        detect_media(bench, media_id)
    match_referral(bench, number)
    return number


@pytest.fixture
def anna(records) -> Actor:
    with records.database.write() as session:
        setup = Actor.machine("setup")
        return Actor.user(users.add_user(session, "anna", UserRole.INVESTIGATOR, "account-anna", actor=setup))


def the_subject(session, number: int) -> Subject:
    (subject,) = subjects.subjects_of(session, session.get_one(Referral, number))
    return subject


def granted_another(records, supervisor, roles=tuple(SubjectRole)) -> Permit:
    """A permit for one more gallery."""
    with records.database.write() as session:
        gallery = galleries.create_gallery(
            session,
            f"more-{len(galleries.list_galleries(session))}",
            purpose=GalleryPurpose.MISSING,
            purpose_text="tests",
            owner="unit",
            lawful_basis="none needed",
            actor=supervisor,
        )
        return permits.grant(
            session,
            channel=Channel.INTAKE,
            purpose="find more",
            lawful_basis="none needed",
            roles=roles,
            galleries=[gallery.id],
            material=False,
            approver=supervisor,
            expires_at=now() + timedelta(days=1),
        )


def test_a_permit_for_one_more_gallery_adds_it_to_the_list(bench, records, supervisor, referral) -> None:
    granted_another(records, supervisor)
    see_to_it(bench, [referral], lambda _: None)
    with records.database.read() as session:
        subject = the_subject(session, referral)
        search = current_search(session, subject.id)
        assert [(scope.gallery_id, scope.permit_id) for scope in scopes_of(session, search)] == [
            (1, 1),
            (2, 2),
            (None, 1),
        ]
        assert (search.purpose, subject.outdated) == ("find who they are; find more", None)


def test_without_a_permit_left_the_list_stays_and_says_so(bench, records, supervisor, referral) -> None:
    with records.database.write() as session:
        permits.revoke(session, session.get_one(Permit, 1), actor=supervisor)
        before = current_search(session, the_subject(session, referral).id).id
    search_again(bench, referral)
    with records.database.read() as session:
        subject = the_subject(session, referral)
        assert current_search(session, subject.id).id == before
        assert subject.outdated is None and "A1 was revoked" in subject.not_searched


def test_a_role_that_no_permit_covers_is_searched_no_more_and_says_so(bench, records, supervisor, anna, permit) -> None:
    with records.database.write() as session:
        permits.revoke(session, session.get_one(Permit, 1), actor=supervisor)
    granted_another(records, supervisor, roles=[SubjectRole.UNKNOWN])
    number = delivered(records, png(astronaut()))
    for media_id in media_ids(records, number):
        detect_media(bench, media_id)
    match_referral(bench, number)
    with records.database.write() as session:
        reshaping.set_role(session, the_subject(session, number), SubjectRole.SUSPECT, actor=anna)
    search_again(bench, number)
    with records.database.read() as session:
        assert "not suspect" in the_subject(session, number).not_searched
    with records.database.write() as session:
        reshaping.set_role(session, the_subject(session, number), SubjectRole.UNKNOWN, actor=anna)
    search_again(bench, number)
    with records.database.read() as session:
        assert the_subject(session, number).not_searched is None


def test_what_changes_while_the_search_runs_keeps_the_subject_due(
    bench, records, supervisor, referral, monkeypatch
) -> None:
    granted_another(records, supervisor)

    def propose(*asked, **how):
        found = proposing(*asked, **how)
        monkeypatch.undo()
        granted_another(records, supervisor)
        return found

    proposing = bench.searcher.propose_each
    monkeypatch.setattr(bench.searcher, "propose_each", propose)
    search_again(bench, referral)
    with records.database.read() as session:
        assert outdated.due(session) == {referral: [the_subject(session, referral).id]}
    search_again(bench, referral)
    with records.database.read() as session:
        assert outdated.due(session) == {}


def test_the_keeper_queues_what_is_due_once_and_leaves_what_failed_to_people(
    bench, records, settings, redis, supervisor, referral
) -> None:
    assert queue_due(records, redis, settings) == 0
    granted_another(records, supervisor)
    assert queue_due(records, redis, settings) == 1
    assert queue_due(records, redis, settings) == 0
    assert waiting(redis) == [f"search-R{referral}"]
    fail(redis, f"search-R{referral}")
    assert queue_due(records, redis, settings) == 0
