"""The second examiner looks afresh: nothing on the screen tells who concluded what before."""

from console.widgets.candidate_list import CandidateList
from engine.records.words import ConclusionKind, ReferralState
from tests.console.screens.driving import highlight, press, review, said, screen_text, settle
from tests.console.screens.world import PEOPLE, ConsoleWorld

K = ConclusionKind


async def test_a_second_examiner_sees_neither_who_concluded_nor_what_nor_the_note(world: ConsoleWorld) -> None:
    referral = world.referral()
    world.conclude("Bo", referral, K.IDENTIFIED, "Nora Lund")
    async with world.app().run_test(size=(200, 60)) as pilot:
        await settle(pilot)
        assert "second look: you" in screen_text(pilot)
        await press(pilot, "enter")
        for _ in PEOPLE:
            text = screen_text(pilot)
            assert "awaits a second look by you" in text
            assert not any(word in text for word in ("Bo", "left ear", "by you holds", "identified as", "You hold"))
            await press(pilot, "j")


async def test_two_examiners_who_agree_identify_each_under_their_own_name(world: ConsoleWorld) -> None:
    referral = world.referral()
    world.conclude("Bo", referral, K.IDENTIFIED, "Nora Lund")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Nora Lund")
        await press(pilot, "y", "enter")
        assert said(pilot) == "Recorded: IDENTIFIED as Nora Lund, by Anna."
        assert "identified by two examiners" in screen_text(pilot)
    first, second = world.conclusions()
    assert (first.examiner_id, second.examiner_id) == (world.user("Bo").id, world.user("Anna").id)
    assert world.state(referral) is ReferralState.DECIDED


async def test_the_first_examiner_cannot_be_the_second_and_is_told_so(world: ConsoleWorld) -> None:
    referral = world.referral()
    world.conclude("Anna", referral, K.IDENTIFIED, "Nora Lund")
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "Nothing waits for you." in screen_text(pilot)
        await press(pilot, "w")
        assert "second look: another" in screen_text(pilot)
        await press(pilot, "enter")
        assert said(pilot) == "You hold: identified as Nora Lund."
        await highlight(pilot, "Nora Lund")
        await press(pilot, "y", "enter")
        assert said(pilot) == "You have identified this person already, in D1."
    assert world.kinds() == [K.IDENTIFIED]
    assert world.state(referral) is ReferralState.AWAITING_SECOND


async def test_each_examiner_has_an_order_of_their_own_that_stays(world: ConsoleWorld) -> None:
    referrals = [world.referral(f"report-{number}") for number in range(6)]

    def orders(name: str) -> list[list[str]]:
        desk = world.desk(name)
        return [[one.name for one in desk.referral(number).subjects[0].candidates] for number in referrals]

    anna, bo = orders("Anna"), orders("Bo")
    assert anna == orders("Anna")
    assert anna != bo
    assert any(order != list(PEOPLE) for order in anna)
    assert all(sorted(order) == sorted(PEOPLE) for order in anna + bo)


async def test_hidden_scores_leave_letters_and_no_number(world: ConsoleWorld) -> None:
    world.referral(rarity=1 / 2300)
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        subject = review(pilot).sitting.subject
        assert subject is not None and not subject.ranked
        assert all(candidate.rarity == "" for candidate in subject.candidates)
        lines = pilot.app.screen.query_one(CandidateList)
        assert [lines.render_line(2 * place).text[3] for place in range(3)] == ["A", "B", "C"]
        assert "2,300" not in screen_text(pilot) and "0.6" not in screen_text(pilot)


async def test_a_supervisor_sees_ranks_and_rarity_in_words_but_no_score(world: ConsoleWorld) -> None:
    world.referral(rarity=1 / 2300)
    async with world.app("Carla").run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        subject = review(pilot).sitting.subject
        assert subject is not None
        assert [candidate.name for candidate in subject.candidates] == list(PEOPLE)
        text = screen_text(pilot)
        assert "about 1 in 2,300" in text and "1 Emma Falk" in text
        assert "62" not in text and "%" not in text


async def test_a_supervisor_who_looks_second_is_not_led_by_ranks_either(world: ConsoleWorld) -> None:
    referral = world.referral(rarity=1 / 2300)
    world.conclude("Bo", referral, K.IDENTIFIED, "Nora Lund")
    subject = world.desk("Carla").referral(referral).subjects[0]
    assert subject.blind and not subject.ranked
    assert all(candidate.rarity == "" for candidate in subject.candidates)
