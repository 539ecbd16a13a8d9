"""Ways to drive the console in a test and to read what it shows."""

from textual.pilot import Pilot

from console.screens.review import ReviewScreen
from console.widgets.candidate_list import CandidateList
from console.widgets.decision_bar import DecisionBar


async def settle(pilot: "Pilot[None]") -> None:
    """Wait until no thread is at work and its result is on the screen."""
    for _ in range(4):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def press(pilot: "Pilot[None]", *keys: str) -> None:
    """Press keys, each once the screen has settled after the one before."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def screen_text(pilot: "Pilot[None]") -> str:
    """Everything on the screen, line by line."""
    width, height = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.crop(0, width).text for strip in lines[:height])


def said(pilot: "Pilot[None]") -> str:
    """The line above the keys."""
    return pilot.app.screen.query_one(DecisionBar).notice.text


def review(pilot: "Pilot[None]") -> ReviewScreen:
    """The review screen, which must be the one that is open."""
    screen = pilot.app.screen
    assert isinstance(screen, ReviewScreen)
    return screen


async def highlight(pilot: "Pilot[None]", person: str) -> None:
    """Move the cursor down to a candidate."""
    candidates = review(pilot).query_one(CandidateList)
    for _ in range(20):
        row = candidates.highlighted
        if row is not None and row.person == person:
            return
        await press(pilot, "j")
    raise AssertionError(f"{person} is not on the list")
