"""A demonstration home with referrals, and a terminal to open its console in."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from engine.records.deployment import open_records
from engine.records.faces.spaces import register
from tests.console.screens.world import ConsoleWorld
from tests.e2e.terminal import Terminal
from tests.engine.records.records_world import SPACE, WORKER

TRIAGE = Path(sys.executable).with_name("triage")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[ConsoleWorld]:
    """A home in which one account may play every user."""
    settings = Settings(home=tmp_path / "home")
    records = open_records(settings, settings.paths)
    settings.paths.demo_marker.touch()
    with records.database.write() as session:
        register(session, SPACE, actor=WORKER)
    world = ConsoleWorld(records, settings)
    world.furnish()
    yield world
    records.close()
    shutil.rmtree(settings.paths.runtime)


@pytest.fixture
def console(world: ConsoleWorld, tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Opens the console of a user in a terminal of some size."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed; it is the terminal that these tests drive")
    terminals = []

    def start(name: str, *, columns: int = 80, rows: int = 24) -> Terminal:
        terminal = Terminal(tmp_path / f"tmux-{len(terminals)}")
        terminals.append(terminal)
        environment = {
            "PATH": os.defpath,
            "HOME": str(tmp_path),
            "TRIAGE_HOME": str(world.settings.home),
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
        }
        terminal.start([str(TRIAGE), "console", "--as", name], columns=columns, rows=rows, environment=environment)
        return terminal

    yield start
    for terminal in terminals:
        terminal.hang_up()
