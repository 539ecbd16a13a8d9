"""The queue screen: what it lists, and that it holds still while it keeps itself up to date."""

import pytest
from sqlalchemy import update

from console.screens.queue import QueueScreen
from console.widgets.referral_table import ReferralTable
from engine.records.schema import Referral
from engine.records.words import ConclusionKind, ReferralState
from tests.console.screens.driving import press, said, screen_text, settle
from tests.console.screens.world import ConsoleWorld


def cursor_line(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(">"))


async def test_an_empty_queue_says_what_to_do(world: ConsoleWorld) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "Nothing waits for you. Put some in: triage enqueue FOLDER" in screen_text(pilot)
        await press(pilot, "enter", "j", "end")
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_a_line_says_all_that_matters_and_keeps_the_end_of_a_long_source(world: ConsoleWorld) -> None:
    world.referral("/srv/incoming/2026/a/very/long/path/of/folders/report-17", subjects=2)
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        line = cursor_line(screen_text(pilot))
        assert line.split()[:6] == [">R1", "ready", "3", "h", "2", "2"]
        assert line.rstrip().endswith("/report-17")


async def test_the_keys_choose_what_is_listed(world: ConsoleWorld) -> None:
    ready, waiting, decided = (world.referral(f"report-{number}") for number in range(3))
    world.conclude("Anna", waiting, ConclusionKind.IDENTIFIED, "Ida Berg")
    world.conclude("Bo", decided, ConclusionKind.IDENTIFIED, "Ida Berg")
    world.conclude("Anna", decided, ConclusionKind.IDENTIFIED, "Ida Berg")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        def listed() -> list[str]:
            return [line[1:4].strip() for line in screen_text(pilot).splitlines() if line[1:3] in ("R1", "R2", "R3")]

        assert listed() == ["R1"]
        await press(pilot, "w")
        assert listed() == ["R2"]
        assert "Waiting for a second examiner: 1" in screen_text(pilot)
        await press(pilot, "a")
        assert listed() == ["R1", "R2", "R3"]
        await press(pilot, "r")
        assert listed() == ["R1"]
        await press(pilot, "a", "m")
        assert listed() == ["R1"]
    assert ready == 1


async def test_the_cursor_stays_on_its_referral_when_more_urgent_ones_come_in(world: ConsoleWorld) -> None:
    for number in range(3):
        world.referral(f"report-{number}")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        assert cursor_line(screen_text(pilot)).startswith(">R2")
        newest = world.referral("urgent")
        with world.records.database.write() as session:
            session.execute(update(Referral).where(Referral.id == newest).values(priority=0))
        pilot.app.screen._load()
        await settle(pilot)
        text = screen_text(pilot)
        assert cursor_line(text).startswith(">R2")
        assert text.index("R4") < text.index("R1")


async def test_a_long_queue_is_read_piece_by_piece(world: ConsoleWorld) -> None:
    world.many(1000)
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        table = pilot.app.screen.query_one(ReferralTable)
        assert "Referrals for you: 1,000" in screen_text(pilot)
        await press(pilot, "end")
        assert cursor_line(screen_text(pilot)).rstrip().endswith("many-999")
        await press(pilot, "pageup", "pageup", "home")
        assert cursor_line(screen_text(pilot)).rstrip().endswith("many-0")
        assert len(table._rows) == 200
        table.scroll_to(y=500, animate=False)
        await settle(pilot)
        assert "many-510" in screen_text(pilot)


async def test_a_referral_that_cannot_be_examined_says_why_and_the_queue_stays(world: ConsoleWorld) -> None:
    referral = world.referral()
    with world.records.database.write() as session:
        session.execute(update(Referral).where(Referral.id == referral).values(state=ReferralState.QUEUED))
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "a", "enter")
        assert said(pilot).startswith("R1 is queued and not ready to be examined.")
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_a_hostile_source_cannot_steer_the_terminal(world: ConsoleWorld) -> None:
    world.referral("\x1b[2Jgone\x07[bold]x[/]")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = screen_text(pilot)
        assert "\x1b" not in text and "\x07" not in text
        assert "[bold]x[/]" in text
        await press(pilot, "enter")
        assert "\x1b" not in screen_text(pilot)


async def test_waiting_work_without_services_is_an_alarm(world: ConsoleWorld) -> None:
    referral = world.referral()
    with world.records.database.write() as session:
        session.execute(update(Referral).where(Referral.id == referral).values(state=ReferralState.QUEUED))
    async with world.app().run_test(size=(120, 24)) as pilot:
        await settle(pilot)
        assert "! Redis is down, 1 referrals wait" in screen_text(pilot)


async def test_a_terminal_without_true_colours_is_warned_about(
    world: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", "256")
    async with world.app().run_test(size=(120, 24)) as pilot:
        await settle(pilot)
        assert "! no true colours: faces are less clear" in screen_text(pilot)


async def test_the_list_renews_itself(world: ConsoleWorld) -> None:
    world.referral()
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        world.referral("newcomer")
        await pilot.pause(4.5)
        await settle(pilot)
        assert "newcomer" in screen_text(pilot)
