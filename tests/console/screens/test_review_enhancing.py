"""Faces looked at closely: enhancements that say what they are, blinking, and enough pixels for an identification."""

import pytest

from console.screens import review_looks
from console.widgets.comparison import SIDES, Comparison
from console.widgets.enhancement import PLAIN
from engine.records.errors import Refused
from engine.records.words import ConclusionKind
from tests.console.screens.driving import highlight, press, review, said, screen_text, settle
from tests.console.screens.world import ConsoleWorld


def asking(world: ConsoleWorld, pixels: int) -> ConsoleWorld:
    """The same home of a unit that asks for so many pixels between the eyes."""
    changed = world.settings.review.model_copy(update={"least_eye_pixels": pixels})
    return ConsoleWorld(world.records, world.settings.model_copy(update={"review": changed}))


async def test_what_is_done_to_faces_is_written_below_them_kept_with_the_conclusion_and_undone(
    world: ConsoleWorld,
) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "plus", "plus", "b", "b", "greater_than_sign", "i")
        text = screen_text(pilot)
        assert "zoom x2, brightness +2, rotated 5 degrees" in text and "mirror" in text
        await press(pilot, "x", "enter")
        shown = world.rendering()
        both = {"zoom": 2.0, "brightness": 2, "rotation": 5}
        assert (shown["probe_enhancement"], shown["candidate_enhancement"]) == ({**both, "mirrored": True}, both)
        await press(pilot, "r")
        assert said(pilot) == "Both faces are shown as they are."
        assert "zoom" not in screen_text(pilot).split("identified")[0]
        comparison = review(pilot).query_one(Comparison)
        assert [comparison.pane(side).view.enhancement for side in SIDES] == [PLAIN, PLAIN]


async def test_one_face_alone_is_lit_by_itself_but_zoom_stays_linked(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "v", "v", "t", "plus")
        comparison = review(pilot).query_one(Comparison)
        probe, candidate = (comparison.pane(side).view.enhancement for side in SIDES)
        assert (probe.words(), candidate.words()) == ("zoom x1.5", "zoom x1.5, contrast +1")


async def test_space_shows_the_other_face_in_the_same_place_at_the_same_eye_distance(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        comparison = review(pilot).query_one(Comparison)
        seen = []
        for _ in range(2):
            await press(pilot, "space")
            assert comparison.alone is not None
            view = comparison.pane(comparison.alone).view
            seen.append((comparison.alone, view.region, round(view.eye_pixels, 3)))
        (first, *one), (second, *other) = seen
        assert (first, second) == SIDES and one == other


async def test_blinking_goes_on_by_itself_until_it_is_stopped(
    world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_looks, "_BLINK_SECONDS", 0.02)
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "w")
        comparison = review(pilot).query_one(Comparison)
        seen = set()
        for _ in range(40):
            await pilot.pause(0.02)
            seen.add(comparison.alone)
        assert seen == set(SIDES)
        await press(pilot, "w")
        stays = comparison.alone
        await pilot.pause(0.1)
        assert comparison.alone == stays
        await press(pilot, "escape")
        assert comparison.alone is None


async def test_identified_asks_that_both_faces_were_seen_large_enough(world: ConsoleWorld) -> None:
    world.referral()
    async with asking(world, 32).app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        await press(pilot, "y")
        assert said(pilot).startswith("Identified asks for 32 px between the eyes, the probe had 14: zoom with +.")
        assert review(pilot).sitting.staged is None
        await press(pilot, "enter", "plus", "plus", "plus", "y", "enter")
        assert world.kinds() == [ConclusionKind.IDENTIFIED]
        shown = world.rendering()
        assert isinstance(shown["probe_most_eye_pixels"], float) and shown["probe_most_eye_pixels"] >= 32
        assert isinstance(shown["candidate_most_eye_pixels"], float) and shown["candidate_most_eye_pixels"] >= 32


async def test_each_candidate_is_to_be_seen_large_enough(world: ConsoleWorld) -> None:
    world.referral()
    async with asking(world, 32).app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "plus", "plus", "plus", "minus", "minus", "minus", "j", "y")
        assert "the candidate had 14" in said(pilot)
        await press(pilot, "x", "enter")
    assert world.kinds() == [ConclusionKind.EXCLUDED]


async def test_the_records_refuse_what_the_screen_would(world: ConsoleWorld) -> None:
    world.referral()
    with pytest.raises(Refused, match="the probe was not shown"):
        asking(world, 32).conclude("Anna", 1, ConclusionKind.IDENTIFIED, "Emma Falk")
    assert world.kinds() == []
