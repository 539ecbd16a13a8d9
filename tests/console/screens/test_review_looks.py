"""What the review screen shows, and how it is turned about."""

import pytest

from console.screens import queue
from console.screens.help import HelpScreen
from console.widgets.comparison import SIDES, Comparison
from tests.console.screens.driving import highlight, press, review, screen_text, settle
from tests.console.screens.world import ConsoleWorld


@pytest.mark.parametrize("size", [(80, 24), (93, 30), (120, 40), (200, 60)])
async def test_both_faces_are_shown_at_one_size_with_the_same_eye_distance(
    world: ConsoleWorld, size: tuple[int, int]
) -> None:
    world.referral()
    async with world.app().run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        comparison = review(pilot).query_one(Comparison)
        probe, candidate = (comparison.pane(side).view for side in SIDES)
        assert probe.picture is not None and candidate.picture is not None
        assert probe.size == candidate.size
        assert probe.eye_pixels == pytest.approx(candidate.eye_pixels, abs=0.1)
        assert probe.eye_pixels > size[0] / 8


async def test_captions_name_file_size_quality_and_date(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        text = screen_text(pilot)
        assert "room_1.jpg" in text and "emma_falk_0.jpg" in text
        assert "original 36" in text and "original 48" in text
        assert "small" in text and "clear, frontal" in text
        assert text.count("date unknown") == 2


async def test_the_cautions_of_the_highlighted_candidate_are_written_out(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        words = " ".join(screen_text(pilot).split())
        assert "Small face in the probe (36 px" in words and "between the eyes)." in words
        assert "5 of 5 faces searched." in words
        assert "Model trained on adults; not validated on children." in words


async def test_another_face_and_another_image_are_turned_to(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await highlight(pilot, "Emma Falk")
        assert "Emma Falk  1 of 2" in screen_text(pilot)
        await press(pilot, "c")
        text = screen_text(pilot)
        assert "Emma Falk  2 of 2" in text and "emma_falk_1.jpg" in text and "original 60" in text
        await press(pilot, "c", "f")
        assert "Emma Falk  1 of 2" in screen_text(pilot)


async def test_one_face_fills_the_screen_then_the_other_then_both(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        comparison = review(pilot).query_one(Comparison)
        both = comparison.pane("probe").view.size.width
        for shown, hidden in (("probe", "candidate"), ("candidate", "probe")):
            await press(pilot, "v")
            assert comparison.pane(shown).view.size.width > 2 * both
            assert not comparison.pane(hidden).display
        await press(pilot, "v")
        assert [comparison.pane(side).view.size.width for side in SIDES] == [both, both]


async def test_subjects_are_gone_through_both_ways(world: ConsoleWorld) -> None:
    world.referral(subjects=3)
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        places = []
        for key in ("tab", "right_square_bracket", "tab", "shift+tab", "left_square_bracket"):
            await press(pilot, key)
            places.append(review(pilot).sitting.place)
        assert places == [1, 2, 0, 2, 1]
        assert "subject 2 of 3" in screen_text(pilot)


async def test_a_subject_that_was_not_searched_says_why(world: ConsoleWorld) -> None:
    world.referral(names=())
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        text = screen_text(pilot)
        assert "no candidates" in text and "no picture" in text
        await press(pilot, "y")
        assert review(pilot).sitting.staged is None


async def test_help_lists_every_key_and_goes_away(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        text = screen_text(pilot)
        assert "Nobody on the list is this person." in text and "shift+tab [" in text
        await press(pilot, "escape")
        assert review(pilot).sitting.place == 0


async def test_without_colours_faces_are_drawn_in_ink(world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    world.referral()
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter", "y", "enter")
        assert "in characters" in screen_text(pilot)
    assert world.rendering()["protocol"] == "cells, ramp"


async def test_the_palette_never_offers_to_write_the_screen_to_a_file(world: ConsoleWorld) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        titles = [command.title for command in app.get_system_commands(app.screen)]
    assert titles == ["Help", "Health", "Theme: high contrast", "Quit"]


async def test_a_unit_can_turn_pictures_off(world: ConsoleWorld) -> None:
    world.referral()
    review_settings = world.settings.review.model_copy(update={"images": "off"})
    settings = world.settings.model_copy(update={"review": review_settings})
    async with ConsoleWorld(world.records, settings).app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        assert screen_text(pilot).count("no picture") == 2
        await press(pilot, "y", "enter")
    assert world.rendering()["protocol"] == "no pictures"


async def test_a_link_to_another_referral_names_it_and_its_state(world: ConsoleWorld) -> None:
    other = world.referral("report-1")
    linking = world.referral("report-2", names=(), link_to=other)
    async with world.app().run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "enter")
        assert review(pilot).sitting.referral.referral_id == linking
        text = screen_text(pilot)
        assert "subject S1" in text and "R1 open" in text
        assert "A link to subject S1 of referral" in text
        assert text.count("room_1.jpg") == 2


async def test_an_idle_review_sends_nothing(world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    # The queue below must not paint: each time it did, Textual would repaint the review, faces and all.
    monkeypatch.setattr(queue, "_REFRESH_SECONDS", 0.05)
    monkeypatch.setattr(queue, "_ALARM_SECONDS", 0.05)
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "enter")
        await pilot.pause(0.3)
        shown: list[object] = []
        monkeypatch.setattr(type(pilot.app), "_display", lambda *told: shown.append(told))
        world.referral("report-2")
        await pilot.pause(0.6)
        assert shown == []
