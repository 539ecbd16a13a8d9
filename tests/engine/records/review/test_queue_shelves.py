"""The shelves of the review queue: which referrals are on each, for whom, and with what beside them."""

from engine.records.actors import Actor
from engine.records.intake import cases
from engine.records.review.desk import Shelf, queue, queue_length
from engine.records.words import ConclusionKind, ReferralState
from tests.engine.records.records_world import World, a_listed_subject, a_referral, a_user, concluding


def test_each_shelf_holds_its_states_and_counts_them(world: World) -> None:
    with world.database.write() as session:
        anna, bo = a_user(session, "anna"), a_user(session, "bo")
        subject, (candidate, _) = a_listed_subject(session, world.vault)
        concluding(session, world.vault, subject, anna, ConclusionKind.IDENTIFIED, candidate)
        ready = a_referral(session)
        a_referral(session, state=ReferralState.FAILED)
        waiting = subject.referral_id

        def shelf_of(user: object, shelf: Shelf) -> list[int]:
            rows = queue(session, user, shelf=shelf)
            assert queue_length(session, user, shelf=shelf) == len(rows)
            return [row.referral_id for row in rows]

        assert shelf_of(anna, Shelf.MINE) == [ready.id]
        assert shelf_of(bo, Shelf.MINE) == [waiting, ready.id]
        assert shelf_of(anna, Shelf.SECOND) == shelf_of(bo, Shelf.SECOND) == [waiting]
        assert shelf_of(anna, Shelf.READY) == [ready.id]
        assert len(shelf_of(anna, Shelf.ALL)) == 3
        assert [row.waits_for_me for row in queue(session, anna, shelf=Shelf.SECOND)] == [False]
        assert [row.waits_for_me for row in queue(session, bo, shelf=Shelf.SECOND)] == [True]


def test_a_row_names_the_case_linked_first_that_is_still_linked(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        actor = Actor.user(anna)
        referral = a_referral(session)
        assert [row.case for row in queue(session, anna)] == [None]
        linked = [cases.create_case(session, name, actor=actor) for name in ("North", "South")]
        for case in linked:
            cases.link_case(session, case, referral, actor=actor)
        assert [row.case for row in queue(session, anna)] == ["North"]
        cases.unlink_case(session, linked[0], referral, actor=actor)
        assert [row.case for row in queue(session, anna)] == ["South"]
