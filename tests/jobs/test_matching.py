"""The job `match` with the real networks: every face of a referral is searched before people get it."""

import pytest

from engine.formats.incoming import IncomingFile, IncomingReferral
from engine.records.actors import Actor
from engine.records.faces import subjects
from engine.records.faces.faces import faces_of_referral
from engine.records.intake import batches, referrals
from engine.records.intake.admission import receive
from engine.records.people import galleries, users
from engine.records.schema import Gallery, Referral
from engine.records.searching import permits
from engine.records.searching.searches import current_search, scopes_of
from engine.records.words import ReferralState, UserRole
from jobs import matching
from jobs.detecting import detect_media
from jobs.matching import match_referral
from tests.jobs.pictures import astronaut, hopper, png
from tests.jobs.referrals_world import ACTOR, media_ids, state_of


def delivered(records, *pictures: bytes) -> int:
    """A report under one number with these pictures, the first time or as a supplement."""
    files = tuple(IncomingFile(f"{place}.png", "image", data=data) for place, data in enumerate(pictures))
    with records.database.write() as session:
        batch = batches.start_batch(session, actor=ACTOR)
        report = IncomingReferral("a report", files, report_number="4711")
        number = receive(session, records.vault, batch, report, actor=ACTOR).referral.id
        batches.finish_batch(session, batch, inputs=1, actor=ACTOR)
    return number


def looked_at(bench, number: int) -> None:
    for media_id in media_ids(bench.records, number):
        detect_media(bench, media_id)


def faces_searched(records, number: int) -> tuple[int, int]:
    """How many faces a referral has, and how many of them were searched."""
    with records.database.read() as session:
        living = subjects.subjects_of(session, session.get_one(Referral, number))
        lists = [current_search(session, subject.id) for subject in living]
        searched = {face for search in lists if search is not None for face in search.probe["faces"]}
        return len(faces_of_referral(session, number)), len(searched)


@pytest.fixture
def during_the_search(monkeypatch):
    """Lets something happen once, while the first subject of a match is searched."""
    happenings = []

    def search(bench, subject_ids: list[int], **how) -> None:
        if happenings:
            happenings.pop()()
        searching(bench, subject_ids, **how)

    searching = matching.search_subjects
    monkeypatch.setattr(matching, "search_subjects", search)
    return happenings.append


@pytest.mark.parametrize("seen_at_once", [True, False], ids=["seen during the search", "seen after it"])
def test_a_supplement_that_comes_during_the_search_is_searched_before_people_get_it(
    bench, records, permit, during_the_search, seen_at_once
) -> None:
    number = delivered(records, png(astronaut()))
    looked_at(bench, number)

    def supplement() -> None:
        delivered(records, png(astronaut()), png(hopper()))
        if seen_at_once:
            looked_at(bench, number)

    during_the_search(supplement)
    match_referral(bench, number)
    if not seen_at_once:
        assert state_of(records, number) is not ReferralState.READY
        looked_at(bench, number)
        match_referral(bench, number)
    assert state_of(records, number) is ReferralState.READY
    assert faces_searched(records, number) == (2, 2)


def test_a_gallery_removed_during_the_search_leaves_the_others_searched(
    bench, records, permit, known, supervisor, monkeypatch
) -> None:
    def propose(*asked, **how):
        found = proposing(*asked, **how)
        with records.database.write() as session:
            galleries.remove_gallery(session, session.get_one(Gallery, known), actor=supervisor)
        return found

    proposing = bench.searcher.propose_each
    monkeypatch.setattr(bench.searcher, "propose_each", propose)
    number = delivered(records, png(astronaut()))
    looked_at(bench, number)
    match_referral(bench, number)
    with records.database.read() as session:
        (subject,) = subjects.subjects_of(session, session.get_one(Referral, number))
        search = current_search(session, subject.id)
        assert [scope.gallery_id for scope in scopes_of(session, search)] == [None]
        assert subject.not_searched is None


def test_a_permit_revoked_during_the_search_leaves_no_list_and_says_why(
    bench, records, permit, supervisor, monkeypatch
) -> None:
    def propose(*asked, **how):
        with records.database.write() as session:
            permits.revoke(session, permits.list_permits(session)[0], actor=supervisor)
        return proposing(*asked, **how)

    proposing = bench.searcher.propose_each
    monkeypatch.setattr(bench.searcher, "propose_each", propose)
    number = delivered(records, png(astronaut()))
    looked_at(bench, number)
    match_referral(bench, number)
    assert state_of(records, number) is ReferralState.READY
    assert faces_searched(records, number) == (1, 0)
    with records.database.read() as session:
        (subject,) = subjects.subjects_of(session, session.get_one(Referral, number))
        assert "was revoked" in subject.not_searched


def test_a_referral_held_before_its_search_is_searched_when_it_is_resumed(bench, records, permit) -> None:
    number = delivered(records, png(astronaut()))
    looked_at(bench, number)
    with records.database.write() as session:
        anna = Actor.user(users.add_user(session, "anna", UserRole.INVESTIGATOR, None, actor=Actor.machine("setup")))
        referral = referrals.get_referral(session, number)
        referrals.hold(session, referral, "wait for the sender", actor=anna)
        referrals.resume(session, referral, actor=anna)
    match_referral(bench, number)
    assert state_of(records, number) is ReferralState.READY
    assert faces_searched(records, number) == (1, 1)
