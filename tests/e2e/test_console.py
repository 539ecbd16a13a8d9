"""The real console in a real terminal, from opening to leaving, and when the line drops."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.records.words import ConclusionKind, ReferralState
from tests.console.screens.world import ConsoleWorld
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow

Open = Callable[..., Terminal]


def test_an_examiner_records_a_no_match_and_leaves(world: ConsoleWorld, console: Open) -> None:
    referral = world.referral("report-17")
    terminal = console("Anna")
    assert "report-17" in terminal.wait_for("Referrals for you: 1")
    terminal.press("Enter")
    shown = terminal.wait_for("room_1.jpg")
    assert any(block in shown for block in "▀▄█▌▐▂▆")
    terminal.press("n")
    terminal.wait_for("NO MATCH for S1 by Anna - enter records it")
    assert world.kinds() == []
    terminal.press("Enter")
    terminal.wait_for("Recorded: NO MATCH for S1, by Anna.")
    assert world.kinds() == [ConclusionKind.NO_MATCH]
    assert world.state(referral) is ReferralState.DECIDED
    terminal.press("q")
    terminal.wait_for("ended with 0")


def test_two_examiners_in_two_terminals_identify_together(world: ConsoleWorld, console: Open) -> None:
    referral = world.referral("report-17", names=["Nora Lund"])
    anna, bo = console("Anna"), console("Bo")
    anna.wait_for("report-17")
    anna.press("Enter")
    anna.wait_for("nora_lund_0.jpg")
    bo.wait_for("in review")
    bo.press("Enter")
    bo.wait_for("S1 is held by Anna until ")
    anna.press("+", "+", "+")
    anna.wait_for("zoom x3")
    anna.press("y", "Enter")
    anna.wait_for("Recorded: IDENTIFIED as Nora Lund, by Anna.")
    anna.press("q")
    bo.wait_for("second look: you")
    bo.press("Enter")
    shown = bo.wait_for("nora_lund_0.jpg")
    assert "Anna" not in shown and "IDENTIFIED" not in shown
    bo.press("+", "+", "+")
    bo.wait_for("zoom x3")
    bo.press("y", "Enter")
    bo.wait_for("Recorded: IDENTIFIED as Nora Lund, by Bo.")
    assert world.state(referral) is ReferralState.DECIDED
    assert world.standing(referral) == "identified"


def test_what_was_recorded_survives_a_dropped_line(world: ConsoleWorld, console: Open) -> None:
    world.referral("report-17", subjects=2)
    terminal = console("Anna")
    terminal.wait_for("report-17")
    terminal.press("Enter")
    terminal.wait_for("room_1.jpg")
    terminal.press("n", "Enter")
    terminal.wait_for("Recorded: NO MATCH for S1")
    (process,) = terminal.children()
    terminal.press("n")
    terminal.hang_up()
    end = time.monotonic() + 20
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < end, "the console outlived its terminal"
        time.sleep(0.1)
    assert world.kinds() == [ConclusionKind.NO_MATCH]


def test_the_console_draws_itself_anew_at_every_size(world: ConsoleWorld, console: Open) -> None:
    world.referral("report-17")
    terminal = console("Anna", columns=120, rows=40)
    terminal.wait_for("report-17")
    terminal.press("Enter")
    terminal.wait_for("room_1.jpg")
    for columns, rows in ((80, 24), (200, 60), (40, 12)):
        terminal.resize(columns, rows)
        terminal.wait_for("original 36" if columns > 40 else "R1")
        lines = terminal.text().splitlines()
        assert max(len(line) for line in lines) <= columns


def test_the_running_console_never_loads_torch(world: ConsoleWorld, console: Open) -> None:
    world.referral("report-17")
    terminal = console("Anna")
    terminal.wait_for("report-17")
    terminal.press("h")
    terminal.wait_for("Referrals by state")
    terminal.press("q")
    terminal.wait_for("Referrals for you")
    terminal.press("Enter")
    terminal.wait_for("room_1.jpg")
    (process,) = terminal.children()
    loaded = Path(f"/proc/{process}/maps").read_text()
    assert "numpy" in loaded
    assert "torch" not in loaded


def test_a_thousand_referrals_are_on_the_screen_quickly(world: ConsoleWorld, console: Open) -> None:
    world.many(1000)
    started = time.monotonic()
    console("Anna").wait_for("Referrals for you: 1,000", seconds=10)
    # A second on an idle machine; the limit leaves room for a busy one.
    assert time.monotonic() - started < 5


def test_somebody_without_the_role_is_told_so(world: ConsoleWorld, console: Open) -> None:
    terminal = console("Zoe")
    assert "There is no user Zoe." in terminal.wait_for("ended with 2")
