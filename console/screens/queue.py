"""The queue screen: the referrals of a shelf, most urgent and then oldest first; enter opens and claims one."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var

from console.cli.exits import explained
from console.review_desk import Opened, ReviewDesk
from console.screens.base import BREAKPOINTS, WorkScreen
from console.screens.review import ReviewScreen
from console.views import QueuePage
from console.widgets.decision_bar import DecisionBar, KeyHint, Notice
from console.widgets.lines import Lines
from console.widgets.referral_table import ReferralTable
from console.widgets.status_bar import Status, StatusBar
from engine.records.review.desk import Shelf

_REFRESH_SECONDS = 4
_ALARM_SECONDS = 10
#: Rows held at a time; the cursor is in their middle.
_HELD = 200

_SHELVES = {
    Shelf.MINE: ("Referrals for you", "Nothing waits for you."),
    Shelf.READY: ("Ready referrals", "No referral is ready."),
    Shelf.SECOND: ("Waiting for a second examiner", "No referral waits for a second examiner."),
    Shelf.ALL: ("All referrals", "There are no referrals yet."),
}
_HOW_TO_FILL = "Put some in: triage enqueue FOLDER"
_HINTS = (
    KeyHint("enter", "open"),
    KeyHint("m", "for you"),
    KeyHint("r", "ready"),
    KeyHint("w", "second look"),
    KeyHint("a", "all"),
    KeyHint("h", "health"),
    KeyHint("?", "help"),
    KeyHint("q", "quit"),
)


class QueueScreen(WorkScreen[None]):
    """Where everything starts and ends; it keeps itself up to date."""

    AUTO_FOCUS = "ReferralTable"
    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,escape", "shelf('mine')", "For you", tooltip="What you may examine."),
        Binding("r", "shelf('ready')", "Ready", tooltip="Ready referrals only."),
        Binding("w", "shelf('second')", "Second examiner", tooltip="What waits for a second examiner, you or not."),
        Binding("a", "shelf('all')", "All", tooltip="Referrals in every state."),
        Binding("h", "app.health", "Health", tooltip="Whether referrals flow."),
        Binding("question_mark", "app.help", "Help", tooltip="This page."),
        Binding("q", "app.quit", "Quit", tooltip="Leave the console."),
    ]  # fmt: skip

    shelf: var[Shelf] = var(Shelf.MINE, init=False)
    """Which referrals are listed."""

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__()
        self.desk = desk
        self._total = 0
        self._warnings: tuple[str, ...] = ()
        self._opening = False

    def compose(self) -> ComposeResult:
        yield Lines(" Referrals", id="queue-title")
        yield ReferralTable(empty="Reading the records ...")
        yield DecisionBar()
        yield StatusBar()

    def on_mount(self) -> None:
        self.query_one(DecisionBar).hints = _HINTS
        self._show_status(())
        self._load()
        self._sound_alarms()
        self.set_interval(_REFRESH_SECONDS, self._load)
        self.set_interval(_ALARM_SECONDS, self._sound_alarms)

    def on_screen_resume(self) -> None:
        self._load()

    # What is listed

    def watch_shelf(self) -> None:
        self._load(keep_cursor=False)

    def action_shelf(self, shelf: str) -> None:
        """List another shelf."""
        self._say(Notice())
        self.shelf = Shelf(shelf)

    def on_referral_table_wanted(self, message: ReferralTable.Wanted) -> None:
        self._load(message.place)

    def _load(self, place: int | None = None, *, keep_cursor: bool = True) -> None:
        """Read the rows around a place, by default what is in sight; nothing is read behind another screen."""
        if not self.is_active:
            return
        around = (self.query_one(ReferralTable).middle if keep_cursor else 0) if place is None else place
        work = partial(self.desk.queue, self.shelf, _HELD, max(0, around - _HELD // 2))
        self.in_thread("rows", work, partial(self._show, keep_cursor), self._not_read)
        self.in_thread("counts", self.desk.counts, self._show_counts, self._not_read)

    def _show(self, keep_cursor: bool, page: QueuePage) -> None:
        title, empty = _SHELVES[self.shelf]
        table = self.query_one(ReferralTable)
        table.empty = f"{empty} {_HOW_TO_FILL}"
        table.show(page.rows, page.offset, page.total, keep_cursor=keep_cursor)
        self.query_one("#queue-title", Lines).text = f" {title}: {page.total:,}"

    def _show_counts(self, counts: dict[Shelf, int]) -> None:
        self._show_status((("ready", counts[Shelf.READY]), ("second look", counts[Shelf.SECOND])))

    def _not_read(self, error: Exception) -> None:
        self._say(Notice(" ".join(explained(error)), "wrong"))

    # What is said

    def _sound_alarms(self) -> None:
        if self.is_active:
            self.in_thread("alarms", self._alarms, self._show_alarms)

    def _alarms(self) -> tuple[str, ...]:
        # The queue's libraries take a while to load, and the first picture of the screen need not wait for them.
        from console.alarms import alarms

        return alarms(self.desk.records, self.desk.settings)

    def _show_alarms(self, found: tuple[str, ...]) -> None:
        colours = self.app.console.color_system
        self._warnings = found if colours == "truecolor" else (*found, "no true colours: faces are less clear")
        status = self.query_one(StatusBar).status
        self._show_status(status.counts if status is not None else ())

    def _show_status(self, counts: tuple[tuple[str, int], ...]) -> None:
        user = self.desk.user
        self.query_one(StatusBar).status = Status(user.display, user.role.value, counts, self._warnings)

    def _say(self, notice: Notice) -> None:
        self.query_one(DecisionBar).notice = notice

    # Opening

    def on_referral_table_opened(self, message: ReferralTable.Opened) -> None:
        if not self._opening:
            self._opening = True
            self._say(Notice(f"Opening {message.row.id} ..."))
            self.in_thread("open", partial(self.desk.open, message.row.referral_id), self._review, self._refused)

    def _review(self, opened: Opened) -> None:
        self._opening = False
        self._say(Notice())
        self.app.push_screen(ReviewScreen(self.desk, opened), self._back)

    def _refused(self, error: Exception) -> None:
        self._opening = False
        self._say(Notice(" ".join(explained(error)), "wrong"))
        self._load()

    def _back(self, words: str | None) -> None:
        self._say(Notice(words or "", "recorded"))
