"""The health screen: whether referrals flow, and what to do if not; no picture and no name of a report."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.cli.exits import explained
from console.health_text import HealthLine, describe
from console.review_desk import ReviewDesk
from console.screens.base import BREAKPOINTS, WorkScreen
from console.widgets.decision_bar import DecisionBar, KeyHint, Notice
from console.widgets.text import harmless
from jobs.health import Snapshot, take_snapshot

_REFRESH_SECONDS = 2


class HealthScreen(WorkScreen[None]):
    """A snapshot of the deployment, taken anew while it is looked at."""

    AUTO_FOCUS = "VerticalScroll"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,h,escape", "back", "Back", tooltip="Back to the queue, or out where there is none."),
        Binding("question_mark", "app.help", "Help", tooltip="This page."),
    ]

    def __init__(self, desk: ReviewDesk, *, first: bool = False) -> None:
        """first: for those who see no queue, so that nothing lies behind this screen."""
        super().__init__()
        self.desk = desk
        self._first = first
        self._looking = False

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("Looking ...", id="health", markup=False)
        yield DecisionBar()

    def on_mount(self) -> None:
        bar = self.query_one(DecisionBar)
        bar.hints = (KeyHint("q", "leave" if self._first else "queue"), KeyHint("?", "help"))
        bar.notice = Notice(f"Looked at again every {_REFRESH_SECONDS} seconds.")
        self._look()
        self.set_interval(_REFRESH_SECONDS, self._look)

    def action_back(self) -> None:
        """Back to the queue, or out of the console where there is none."""
        if self._first:
            self.app.exit()
        else:
            self.dismiss()

    def _look(self) -> None:
        # A look that takes longer than the pause must not be overtaken for ever.
        if self.is_active and not self._looking:
            self._looking = True
            desk = self.desk
            work = partial(take_snapshot, desk.records, desk.settings, desk.settings.paths)
            self.in_thread("look", work, self._show, self._not_seen)

    def _show(self, snapshot: Snapshot) -> None:
        self._looking = False
        lines = [(f"{harmless(line.text)}\n", _style(line)) for line in describe(snapshot, self.desk.settings)]
        self.query_one("#health", Static).update(Content.assemble(*lines))

    def _not_seen(self, error: Exception) -> None:
        self._looking = False
        text = "\n".join(["CANNOT TELL", *explained(error)])
        self.query_one("#health", Static).update(Content(text))


def _style(line: HealthLine) -> str:
    if line.heading and line.tone == "plain":
        return "bold"
    colour = {"plain": "", "muted": "dim"}.get(line.tone, f"$text-{line.tone}")
    return f"bold {colour}" if line.heading else colour
