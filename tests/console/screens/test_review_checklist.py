"""The checklist: filled by digits beside the faces, kept with the conclusion, and hidden from who looks afresh."""

from console.widgets.candidate_list import CandidateList
from console.widgets.checklist import ChecklistPanel
from engine.records.ids import public
from engine.records.review import documents
from engine.records.review.checklist import COMPONENTS
from engine.records.review.viewing import Viewer
from engine.records.words import ConclusionKind
from tests.console.screens.driving import highlight, press, review, said, screen_text, settle
from tests.console.screens.world import ConsoleWorld


def shown_to(world: ConsoleWorld, name: str) -> list[object]:
    """The checklists of the first referral as a user gets them."""
    user = world.user(name)
    with world.records.database.read() as session:
        document = documents.show(session, 1, Viewer(user.role, user.id))
    return [one["checklist"] for one in document["conclusions"]]


async def test_fourteen_digits_fill_it_and_a_conclusion_keeps_it(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        await press(pilot, "l", *"11112111311111")
        text = screen_text(pilot)
        assert all(component in text for component in COMPONENTS)
        assert text.count("+ for") == 12 and "- against" in text and "not comparable" in text
        await press(pilot, "u", "enter")
        assert said(pilot).startswith("Recorded: INCONCLUSIVE about Emma Falk")
        assert isinstance(pilot.app.focused, CandidateList)
        await press(pilot, "q", "enter")
        assert said(pilot) == "You hold: inconclusive: Emma Falk (12 for, 1 against, 1 not comparable)."
    filled = world.rendering()["checklist"]
    assert isinstance(filled, dict) and list(filled) == list(COMPONENTS)
    assert (filled["brows"], filled["mouth"], filled["nose"]) == ("against", "not comparable", "for")
    assert shown_to(world, "Anna") == [filled]


async def test_what_was_filled_in_can_be_changed_and_emptied(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "l", "1", "2", "k", "k", "3", "0", "x", "enter")
    assert world.rendering()["checklist"] == {"face shape": "not comparable"}


async def test_each_candidate_has_a_checklist_of_its_own_and_letters_keep_their_meaning(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "l", "1", "l", "j", "l")
        panel = review(pilot).query_one(ChecklistPanel)
        assert panel.cursor == 0 and "+ for" not in screen_text(pilot)
        await press(pilot, "2", "l", "k", "l")
        assert "+ for" in screen_text(pilot) and "- against" not in screen_text(pilot)
        await press(pilot, "n", "enter")
    assert world.kinds() == [ConclusionKind.NO_MATCH]


async def test_the_second_examiner_learns_nothing_of_the_first_ones_checklist(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        await press(pilot, "l", "1", "y", "enter", "q")
        assert world.kinds() == [ConclusionKind.IDENTIFIED]
    assert shown_to(world, "Anna") == [{"face shape": "for"}]
    assert shown_to(world, "Bo") == [None]
    async with world.app("Bo").run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        await press(pilot, "l")
        assert "+ for" not in screen_text(pilot) and public("conclusion", 1) not in screen_text(pilot)


async def test_scores_are_shown_after_the_verdict_where_the_unit_wants_so(world: ConsoleWorld) -> None:
    world.referral(rarity=1 / 2300)
    changed = world.settings.review.model_copy(update={"scores_after_verdict": True})
    late = ConsoleWorld(world.records, world.settings.model_copy(update={"review": changed}))
    async with late.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "x", "enter")
        assert "1 in 2,300" not in screen_text(pilot)
        await press(pilot, "j", "y", "enter")
        assert "1 in 2,300" in screen_text(pilot)
        assert world.rendering()["hide_scores"] is True
        await press(pilot, "q")
    async with late.app("Bo").run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert isinstance(review(pilot).sitting.referral.id, str)
        assert "1 in 2,300" not in screen_text(pilot)
