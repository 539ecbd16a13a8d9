"""`triage up` and the lines of the Procfile, as real processes."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.console.cli.program import INSTALLED, Installed, Program

REPOSITORY = Path(__file__).parents[3]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.slow
def test_up_starts_everything_and_stops_it_in_order(triage: Program) -> None:
    with subprocess.Popen([INSTALLED, "up"], env=triage.environment(), stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_for(lambda: triage("health", "--json").document["redis"] == "up")
            assert triage("jobs", "pause", "--reason", "a new disk").code == 0
            assert triage("health", "--json").document["paused"] is True
            assert triage("jobs", "resume").code == 0
            assert triage("reconcile", "--json").document == {"waiting": 0, "jobs_restored": 0, "referrals_failed": 0}
            assert triage("jobs", "discard", "--json").document == {"discarded": 0}
            second = Installed(triage.home)("up")
            assert second.code == 1
            assert "already" in second.err
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Running: redis, urgent, normal, video, keeper" in err
    assert triage("health", "--json").document["redis"] == "down"


def test_every_line_of_the_procfile_is_a_command() -> None:
    lines = [line for line in (REPOSITORY / "Procfile").read_text().splitlines() if line]
    assert len(lines) == 5
    for line in lines:
        _, command = line.split(": ")
        run = subprocess.run([INSTALLED, *command.split()[1:], "--help"], capture_output=True, text=True)
        assert run.returncode == 0
        assert run.stdout.startswith(f"Usage: {' '.join(command.split()[:2])} ")


def test_a_lane_that_does_not_exist_is_wrong_use(triage: Program) -> None:
    run = triage("worker", "slow")
    assert run.code == 2
    assert "'slow'" in run.err


def test_the_console_needs_a_terminal(triage: Program) -> None:
    run = triage("console")
    assert run.code == 2
    assert "terminal" in run.err
