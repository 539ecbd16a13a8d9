"""What an examiner records on the review screen, and what the database then holds."""

from console.screens.queue import QueueScreen
from engine.records.words import ConclusionKind, ReferralState
from tests.console.screens.driving import highlight, press, review, said, screen_text, settle
from tests.console.screens.world import ConsoleWorld

K = ConclusionKind


async def test_a_decision_is_shown_first_and_recorded_by_enter(world: ConsoleWorld) -> None:
    referral = world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        await press(pilot, "y")
        assert said(pilot) == "IDENTIFIED as Emma Falk by Anna - enter records it, escape takes it back"
        assert world.kinds() == []
        await press(pilot, "enter")
        assert world.kinds() == [K.IDENTIFIED]
        assert said(pilot) == "Recorded: IDENTIFIED as Emma Falk, by Anna."
        assert world.standing(referral) == "awaiting_second"


async def test_escape_takes_back_what_was_not_recorded(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "y", "escape", "enter")
        assert said(pilot) == "Nothing was recorded."
        assert world.kinds() == []


async def test_no_match_is_two_keys_and_leads_on_to_the_next_subject_referral_and_queue(world: ConsoleWorld) -> None:
    first, second = world.referral("report-1", subjects=2), world.referral("report-2")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "n", "enter")
        assert review(pilot).sitting.place == 1
        await press(pilot, "n", "enter")
        assert world.state(first) is ReferralState.DECIDED
        assert review(pilot).sitting.referral.referral_id == second
        assert said(pilot) == "Recorded: NO MATCH for S2, by Anna."
        await press(pilot, "n", "enter")
        assert isinstance(pilot.app.screen, QueueScreen)
        assert said(pilot) == "Recorded: NO MATCH for S3, by Anna. Nothing else is ready for you."
    assert world.kinds() == [K.NO_MATCH] * 3
    assert world.state(second) is ReferralState.DECIDED


async def test_an_exclusion_is_marked_in_the_list_and_the_subject_stays(world: ConsoleWorld) -> None:
    referral = world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Nora Lund")
        await press(pilot, "x", "enter")
        assert "excluded by you" in screen_text(pilot)
        assert world.state(referral) is ReferralState.IN_REVIEW
    assert world.kinds() == [K.EXCLUDED]


async def test_the_last_conclusion_is_taken_back(world: ConsoleWorld) -> None:
    referral = world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        await press(pilot, "y", "enter", "z")
        assert said(pilot).startswith("TAKE BACK identified as Emma Falk by Anna")
        await press(pilot, "enter")
    assert world.kinds() == [K.IDENTIFIED, K.RETRACTED]
    assert world.standing(referral) == "open"


async def test_a_hasty_no_match_is_taken_back_from_the_next_referral(world: ConsoleWorld) -> None:
    first = world.referral("report-1")
    world.referral("report-2")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "n", "enter", "z")
        assert review(pilot).sitting.referral.referral_id == first
        assert said(pilot).startswith("TAKE BACK no match")
        await press(pilot, "enter")
    assert world.kinds() == [K.NO_MATCH, K.RETRACTED]
    assert world.standing(first) == "open"


async def test_nothing_to_take_back_is_said(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "z")
        assert said(pilot) == "You hold no conclusion here that could be taken back."


async def test_a_note_goes_with_the_conclusion_and_its_letters_decide_nothing(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "m", *"yxn", "enter")
        assert said(pilot) == "Note for your next conclusion: yxn"
        assert world.kinds() == []
        await press(pilot, "n")
        assert said(pilot) == "NO MATCH for S1 by Anna with a note - enter records it, escape takes it back"
        await press(pilot, "enter")
    assert [conclusion.note for conclusion in world.conclusions()] == ["yxn"]


async def test_a_referral_without_faces_says_what_was_tried_and_can_be_closed(world: ConsoleWorld) -> None:
    referral = world.without_faces()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        text = screen_text(pilot)
        assert "No face found in room.jpg (tried: normal, border, enlarged)." in text
        assert "broken.jpg is unreadable: the JPEG ends too early." in text
        await press(pilot, "y", "enter")
        assert world.kinds() == []
        await press(pilot, "s", "enter")
    assert world.kinds() == [K.SET_ASIDE]
    assert world.state(referral) is ReferralState.DECIDED


async def test_the_exhibit_says_how_both_faces_were_shown(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        await press(pilot, "u", "enter")
    shown = world.rendering()
    assert shown["protocol"] == "cells, colour"
    assert shown["probe_cells"] == shown["candidate_cells"]
    assert shown["probe_eye_pixels"] == shown["candidate_eye_pixels"]
    assert isinstance(shown["probe_eye_pixels"], float) and shown["probe_eye_pixels"] > 8
    assert shown["hide_scores"] is True
    assert (shown["space"], shown["search"]) == ("space-one", "Q1")
    assert shown["face"] != shown["probe_face"]


async def test_a_key_that_comes_before_the_face_decides_nothing(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        screen = review(pilot)
        screen.query_one("CandidateList").action_move(1)
        screen.action_stage("identified")
        assert screen.sitting.staged is None
        assert said(pilot) == "That candidate's face is not on the screen yet. Look, then press the key again."


async def test_moving_to_another_candidate_drops_what_was_staged_about_the_one_before(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "y", "j", "enter")
        assert review(pilot).sitting.staged is None
    assert world.kinds() == []


async def test_an_identification_is_taken_back_from_the_next_referral(world: ConsoleWorld) -> None:
    first = world.referral("report-1")
    world.referral("report-2")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "y", "enter", "enter")
        assert review(pilot).sitting.referral.referral_id != first
        await press(pilot, "z", "enter")
        assert review(pilot).sitting.referral.referral_id == first
    assert world.kinds() == [K.IDENTIFIED, K.RETRACTED]
