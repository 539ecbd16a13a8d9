"""The console stays light: whatever screen is opened, the running program never loads a network's library."""

import os
import subprocess
import sys

from tests.console.screens.world import ConsoleWorld

_PROGRAM = """
import asyncio, sys
from console.app import TriageConsole
from console.cli.opening import open_deployment
from console.review_desk import ReviewDesk
from engine.records.people.users import user_named

async def main():
    here = open_deployment()
    with here.records.database.read() as session:
        desk = ReviewDesk(here.records, here.settings, user_named(session, "Anna"))
    app = TriageConsole(lambda: desk)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            await app.workers.wait_for_complete()
            await pilot.pause()
        for key in ("h", "q", "enter", "y", "escape", "question_mark", "escape", "q"):
            await app.workers.wait_for_complete()
            await pilot.pause()
            await pilot.press(key)
        await app.workers.wait_for_complete()
asyncio.run(main())
print(*sys.modules)
"""


def test_no_screen_loads_torch(world: ConsoleWorld) -> None:
    world.referral()
    environment = os.environ | {"TRIAGE_HOME": str(world.settings.home)}
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.split())
    assert {"console.screens.review", "console.screens.health", "jobs.health"} <= loaded
    assert {"torch", "usearch", "engine.vision.pipeline"}.isdisjoint(loaded)
