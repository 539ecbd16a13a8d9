"""Draws the pictures of the screens in `docs/screens` from a demonstration: `python docs/make_screens.py`.

Run `triage demo --headless` first. The screens show the demonstration's astronaut, whose portrait is in the public
domain (NASA), as the cells that a terminal shows.
"""

import asyncio
from pathlib import Path

from config.settings import load_demo_settings
from console.app import TriageConsole
from console.cli.opening import open_deployment
from console.identity import acting_user
from console.review_desk import ReviewDesk
from console.widgets.candidate_list import CandidateList
from console.widgets.referral_table import ReferralTable

FOLDER = Path(__file__).with_name("screens")
SIZES = {"small": (80, 24), "": (120, 40), "large": (200, 60)}
#: Who is shown, in which referral, and more rows than a queue or a candidate list of the demonstration has.
ASTRONAUT = "Eileen Collins"
REFERRAL = "04-several-people"
ROWS = 60


async def draw(name: str, size: tuple[int, int]) -> None:
    """Draw the queue and the review screen at one size."""
    here = open_deployment(load_demo_settings())
    with here.records.database.read() as session:
        user = acting_user(session, here.paths, "anna")
    desk = ReviewDesk(here.records, here.settings, user)
    app = TriageConsole(lambda: desk)
    async with app.run_test(size=size) as pilot:

        async def settle() -> None:
            for _ in range(4):
                await app.workers.wait_for_complete()
                await pilot.pause()

        async def press(*keys: str) -> None:
            for key in keys:
                await pilot.press(key)
                await settle()

        def save(screen: str) -> None:
            file = FOLDER / "-".join(part for part in (screen, name) if part)
            file.with_suffix(".svg").write_text(app.export_screenshot(), encoding="utf-8")

        await settle()
        save("queue")
        for _ in range(ROWS):
            row = app.screen.query_one(ReferralTable).highlighted
            if row is not None and row.source.endswith(REFERRAL):
                break
            await press("j")
        await press("enter")
        for _ in range(ROWS):
            candidate = app.screen.query_one(CandidateList).highlighted
            if candidate is not None and candidate.person == ASTRONAUT:
                break
            await press("j")
        save("review")
        await press("q", "h")
        save("health")
    desk.leave()


def main() -> None:
    """Draw every screen at every size."""
    FOLDER.mkdir(exist_ok=True)
    for name, size in SIZES.items():
        asyncio.run(draw(name, size))


if __name__ == "__main__":
    main()
