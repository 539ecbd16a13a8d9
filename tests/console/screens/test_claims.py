"""Who holds what: opening claims, leaving gives back, and a lost claim is taken again or told."""

from datetime import timedelta

from sqlalchemy import event, select, update

from console.screens.queue import QueueScreen
from console.screens.review import ReviewScreen
from engine.records.schema import Lease, now
from engine.records.words import ConclusionKind, ReferralState
from tests.console.screens.driving import press, review, said, screen_text, settle
from tests.console.screens.world import ConsoleWorld


def holders(world: ConsoleWorld) -> dict[str, str]:
    with world.records.database.read() as session:
        return {lease.resource: lease.holder for lease in session.scalars(select(Lease))}


def let_claims_end(world: ConsoleWorld) -> None:
    with world.records.database.write() as session:
        session.execute(update(Lease).values(expires_at=now() - timedelta(seconds=1)))


async def test_opening_claims_and_leaving_gives_back(world: ConsoleWorld) -> None:
    referral = world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert holders(world) == {"S1": f"user:{world.user('Anna').id}"}
        assert world.state(referral) is ReferralState.IN_REVIEW
        await press(pilot, "q")
        assert holders(world) == {}
        assert world.state(referral) is ReferralState.READY
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_what_somebody_else_holds_stays_closed_and_says_who_and_until_when(world: ConsoleWorld) -> None:
    referral = world.referral()
    until = world.desk("Bo").open(referral).until
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "Bo" in screen_text(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, QueueScreen)
        assert said(pilot).startswith(f"S1 is held by Bo until {until:%H:%M:%S} UTC.")


async def test_of_two_subjects_the_free_one_is_opened_and_the_other_can_only_be_looked_at(world: ConsoleWorld) -> None:
    referral = world.referral(subjects=2)
    world.desk("Bo").open(referral)
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert review(pilot).sitting.place == 1
        await press(pilot, "tab")
        assert said(pilot).startswith("S1 is held by Bo until ")
        assert said(pilot).endswith("You can look, but not record.")
        await press(pilot, "n", "enter")
        assert world.kinds() == []
        await press(pilot, "tab", "n", "enter")
        assert world.kinds() == [ConclusionKind.NO_MATCH]


async def test_a_claim_that_ended_is_taken_again_by_the_next_key(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        let_claims_end(world)
        review(pilot)._until = now() - timedelta(seconds=1)
        review(pilot)._check_claim()
        assert said(pilot) == "Your claim has ended. The next key you press takes it again."
        await press(pilot, "n")
        with world.records.database.read() as session:
            assert session.scalars(select(Lease)).one().expires_at > now()
        await press(pilot, "enter")
    assert world.kinds() == [ConclusionKind.NO_MATCH]


async def test_a_claim_that_went_to_somebody_else_is_told_and_nothing_is_recorded(world: ConsoleWorld) -> None:
    referral = world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "n")
        let_claims_end(world)
        world.desk("Bo").open(referral)
        await press(pilot, "enter")
        assert said(pilot).startswith("S1 is held by Bo until ")
        assert isinstance(pilot.app.screen, ReviewScreen)
    assert world.kinds() == []


async def test_a_busy_database_is_told_and_the_decision_can_be_recorded_later(world: ConsoleWorld) -> None:
    world.referral()
    event.listen(
        world.records.database.engine,
        "begin",
        lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout = 50"),
    )
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "n")
        with world.records.database.write():
            await press(pilot, "enter")
            assert said(pilot).startswith("Not recorded; enter tries again. The database ")
            assert review(pilot).sitting.staged is not None
        await press(pilot, "enter")
    assert world.kinds() == [ConclusionKind.NO_MATCH]


async def test_quitting_gives_claims_back(world: ConsoleWorld) -> None:
    world.referral()
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert holders(world)
    app.desk.leave()
    assert holders(world) == {}
