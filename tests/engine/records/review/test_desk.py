"""The review desk: claims, the state they give a referral, and a queue that stays fast."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.records import leases
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import Claimed, NotYours, Refused, WrongTransition
from engine.records.faces.subjects import regroup
from engine.records.review.conclusions import conclude, undo
from engine.records.review.desk import (
    claim,
    claim_referral,
    queue,
    release,
    release_referral,
    settle_expired,
)
from engine.records.review.outcome import derive, settle
from engine.records.schema import Batch, Conclusion, Media, Referral, ReferralMedia, Subject, User, now
from engine.records.words import (
    ConclusionKind,
    MediaKind,
    ReferralState,
    SubjectStanding,
    UserRole,
)
from tests.engine.records.records_world import (
    WORKER,
    World,
    a_listed_subject,
    a_referral,
    a_subject_each,
    a_user,
    concluding,
    members,
)

S = SubjectStanding
R = ReferralState


@pytest.mark.parametrize(
    ("standings", "being_examined", "state"),
    [
        ([S.OPEN], False, R.READY),
        ([S.OPEN], True, R.IN_REVIEW),
        ([S.AWAITING_SECOND, S.OPEN], False, R.READY),
        ([S.AWAITING_SECOND, S.NO_MATCH], False, R.AWAITING_SECOND),
        ([S.DISAGREED, S.IDENTIFIED], False, R.AWAITING_SECOND),
        ([S.AWAITING_SECOND], True, R.IN_REVIEW),
        ([S.IDENTIFIED, S.NO_MATCH, S.SET_ASIDE], False, R.DECIDED),
        ([S.IDENTIFIED], True, R.DECIDED),
    ],
)
def test_the_state_follows_from_standings_and_claims(
    standings: list[SubjectStanding], being_examined: bool, state: ReferralState
) -> None:
    assert derive(standings, being_examined) is state


def test_a_claim_keeps_others_out_and_shows_as_in_review(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        referral, (subject,) = a_subject_each(session, world.vault)
        claim(session, subject.id, anna, 60)
        claim(session, subject.id, anna, 120)
        assert referral.state is R.IN_REVIEW
        assert [event.action for event in ledger.events(session, target=f"S{subject.id}")] == ["review.claimed"]
        with pytest.raises(Claimed):
            claim(session, subject.id, bo, 60)
        assert release(session, subject.id, bo) is R.IN_REVIEW
        assert release(session, subject.id, anna) is R.READY


def test_only_examiners_claim_and_only_what_is_ready(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        referral, (subject,) = a_subject_each(session, world.vault)
        with pytest.raises(Refused, match="role"):
            claim(session, subject.id, a_user(session, "carl", UserRole.ONCALL), 60)
        referral.state = R.WORKING
        with pytest.raises(WrongTransition, match="working"):
            claim(session, subject.id, anna, 60)


def test_a_claim_that_ended_by_itself_gives_the_referral_back(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        referral, (subject,) = a_subject_each(session, world.vault)
        claim(session, subject.id, anna, 60)
        ended = leases.expire(session, at=now() + timedelta(minutes=2))
        settle_expired(session, ended, actor=WORKER)
        assert referral.state is R.READY


def test_a_claim_whose_subject_was_grouped_away_since_ends_like_the_others(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        regrouped, subjects = a_subject_each(session, world.vault, people=2)
        faces = [face for subject in subjects for face in members(session, subject)]
        claim(session, subjects[1].id, anna, -1)
        assert regroup(session, regrouped, [faces], actor=WORKER) == subjects[:1]
        referral, (subject,) = a_subject_each(session, world.vault)
        claim(session, subject.id, anna, 60)
        ended = leases.expire(session, at=now() + timedelta(minutes=2))
        settle_expired(session, ended, actor=WORKER)
        assert len(ended) == 2
        assert referral.state is R.READY


def test_the_first_examiner_waits_outside_while_the_second_looks(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, (emma, _) = a_listed_subject(session, world.vault)
        referral = session.get_one(Referral, subject.referral_id)
        claim(session, subject.id, anna, 60)
        conclude(
            session,
            world.vault,
            subject_id=subject.id,
            kind=ConclusionKind.IDENTIFIED,
            candidate_id=emma.id,
            examiner=Actor.user(anna),
            rendering={},
        )
        # Anna still holds her claim, and is done.
        assert referral.state is R.AWAITING_SECOND
        assert release(session, subject.id, anna) is R.AWAITING_SECOND
        claim(session, subject.id, bo, 60)
        assert referral.state is R.IN_REVIEW
        assert release(session, subject.id, bo) is R.AWAITING_SECOND


def test_a_referral_without_faces_is_claimed_and_closed_as_a_whole(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        referral = a_referral(session)
        claim_referral(session, referral.id, anna, 60)
        assert referral.state is R.IN_REVIEW
        with pytest.raises(NotYours):
            no_match(session, world, referral, bo)
        made = no_match(session, world, referral, anna)
        release_referral(session, referral.id, anna)
        assert referral.state is R.DECIDED
        undo(session, made, Actor.user(anna))
        assert referral.state is R.READY


def no_match(session: Session, world: World, referral: Referral, user: User) -> int:
    return conclude(
        session,
        world.vault,
        referral_id=referral.id,
        kind=ConclusionKind.NO_MATCH,
        examiner=Actor.user(user),
        rendering={},
    ).id


def test_settling_leaves_a_referral_that_is_not_under_review_alone(world: World) -> None:
    with world.database.write() as session:
        referral, _ = a_subject_each(session, world.vault)
        for state in (R.WORKING, R.ON_HOLD, R.WITHDRAWN, R.FAILED):
            referral.state = state
            assert settle(session, referral, actor=WORKER) is state


def test_the_queue_shows_each_user_what_is_for_them(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        urgent, _ = a_subject_each(session, world.vault, people=2)
        urgent.priority = 0
        subject, (emma, _) = a_listed_subject(session, world.vault)
        concluding(session, world.vault, subject, anna, ConclusionKind.IDENTIFIED, emma)
        decided, (done,) = a_subject_each(session, world.vault)
        concluding(session, world.vault, done, anna, ConclusionKind.NO_MATCH)
        empty = a_referral(session)
        claim_referral(session, empty.id, bo, 60)

        for_anna, for_bo = queue(session, anna), queue(session, bo)
        assert [row.id for row in for_anna] == [f"R{urgent.id}", f"R{empty.id}"]
        assert [row.id for row in for_bo] == [f"R{urgent.id}", f"R{subject.referral_id}", f"R{empty.id}"]
        first, waiting, held = for_bo
        assert (first.media, first.faces, first.subjects, first.open_subjects, first.held_by) == (1, 2, 2, 2, None)
        assert (waiting.state, waiting.open_subjects) == (R.AWAITING_SECOND, 0)
        assert (held.media, held.faces, held.held_by) == (0, 0, f"user:{bo.id}")
        assert [row.id for row in queue(session, bo, limit=1, offset=1)] == [f"R{subject.referral_id}"]
        assert decided.id not in {row.referral_id for row in for_bo}


@pytest.mark.slow
def test_the_queue_pages_through_fifty_thousand_referrals(world: World) -> None:
    many = 50_000
    with world.database.write() as session:
        anna = a_user(session, "anna")
        fill(session, many, examiner=a_user(session, "bo"))
    with world.database.read() as session:
        for offset in (0, many // 2):
            rows = queue(session, anna, limit=50, offset=offset)
            assert len(rows) == 50
            assert {row.subjects for row in rows} == {1}


def fill(session: Session, many: int, examiner: User) -> None:
    """That many ready referrals of one file and one subject, one in a hundred of them waiting for a second examiner."""
    session.add(Batch(id=1, unit_id=1, actor="test"))
    session.flush()
    waits = [number % 100 == 0 for number in range(1, many + 1)]
    columns = {"unit_id": 1, "created_at": now()}
    numbered = list(enumerate(waits, start=1))
    session.execute(
        insert(Referral),
        [
            {
                "id": number,
                "unit_id": 1,
                "batch_id": 1,
                "state": R.AWAITING_SECOND if waiting else R.READY,
                "priority": number % 3 * 40,
                "source": f"report-{number}",
                "content": f"{number:064d}",
                "report": {},
            }
            for number, waiting in numbered
        ],
    )
    session.execute(
        insert(Media),
        [
            {"id": n, "unit_id": 1, "address": f"{n:064d}", "sha256": f"{n:064d}", "size": 1, "kind": MediaKind.IMAGE}
            for n, _ in numbered
        ],
    )
    session.execute(
        insert(ReferralMedia), [{"referral_id": n, "media_id": n, "name": "a.jpg", "version": 1} for n, _ in numbered]
    )
    session.execute(
        insert(Subject),
        [columns | {"id": n, "referral_id": n, "standing": S.AWAITING_SECOND if w else S.OPEN} for n, w in numbered],
    )
    session.execute(
        insert(Conclusion),
        [
            {
                "unit_id": 1,
                "referral_id": n,
                "subject_id": n,
                "kind": ConclusionKind.IDENTIFIED,
                "examiner_id": examiner.id,
            }
            | {"linked_subject_id": 1}
            for n, waiting in numbered
            if waiting
        ],
    )
