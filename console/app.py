"""The console as a program: its screens, themes and commands; its desk is opened once the first screen stands."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from console.connection import key_of_connection
from console.screens.help import HelpScreen
from console.screens.locked import LockedScreen
from console.screens.opening import OpeningScreen
from console.themes import DARK, HIGH_CONTRAST

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from console.cli.opening import Deployment
    from console.review_desk import ReviewDesk
    from engine.records.schema import User

_LOCK_SECONDS = 2.0


class TriageConsole(App[None]):
    """The console of one user, whose desk `open_desk` gives; `failure` says why it could not."""

    TITLE = "Triage"
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False)]

    def __init__(self, open_desk: "Callable[[], ReviewDesk]") -> None:
        super().__init__()
        self.desk: ReviewDesk | None = None
        self.failure: Exception | None = None
        self._open_desk = open_desk
        # Movement on the screen costs bytes over SSH and says nothing.
        self.animation_level = "none"

    def on_mount(self) -> None:
        for theme in (DARK, HIGH_CONTRAST):
            self.register_theme(theme)
        self.theme = DARK.name

    def get_default_screen(self) -> Screen[None]:
        """What stands until the records are open."""
        return OpeningScreen(self._open_desk, self._opened, self._failed)

    def _opened(self, desk: "ReviewDesk") -> None:
        self.desk = desk
        self.push_screen(_first_screen(desk))
        self.set_interval(_LOCK_SECONDS, partial(self.run_worker, self._look_whether_locked, thread=True, group="lock"))

    def _look_whether_locked(self) -> None:
        """In a thread: a user or a key that was revoked meanwhile sees nothing more."""
        from engine.records.errors import Refused

        desk = self.desk
        if desk is None:
            return
        try:
            desk.check()
        except Refused as refusal:
            desk.leave()
            self.call_from_thread(self._lock, refusal.message)

    def _lock(self, reason: str) -> None:
        if not isinstance(self.screen, LockedScreen):
            while len(self.screen_stack) > 1:
                self.pop_screen()
            self.push_screen(LockedScreen(reason))

    def _failed(self, error: Exception) -> None:
        self.failure = error
        self.exit()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002 (interface)
        """What the palette offers. Nothing that writes the screen to a file: it shows faces."""
        yield SystemCommand("Help", "The keys of this screen", self.action_help)
        yield SystemCommand("Health", "Whether referrals flow", self.action_health)
        other = HIGH_CONTRAST if self.theme == DARK.name else DARK
        yield SystemCommand(f"Theme: {other.name}", "Change the colours", lambda: setattr(self, "theme", other.name))
        yield SystemCommand("Quit", "Give back what is claimed and leave", self.action_quit)

    def action_help(self) -> None:
        """Show the keys of the screen."""
        if not isinstance(self.screen, HelpScreen):
            known = [binding for binding in self.screen.BINDINGS if isinstance(binding, Binding) and binding.tooltip]
            self.push_screen(HelpScreen(known))

    def action_health(self) -> None:
        """Show whether referrals flow."""
        # Loads the queue's libraries, which nothing else on the screens needs.
        from console.screens.health import HealthScreen

        if self.desk is not None and not isinstance(self.screen, HealthScreen):
            self.push_screen(HealthScreen(self.desk))


def _first_screen(desk: "ReviewDesk") -> Screen[None]:
    """The queue for those who examine; for those on call, whether referrals flow."""
    if desk.examines:
        from console.screens.queue import QueueScreen

        return QueueScreen(desk)
    from console.screens.health import HealthScreen

    return HealthScreen(desk, first=True)


def run_console(open_deployment: "Callable[[], Deployment]", as_name: str | None = None) -> None:
    """Open the console for whoever is signed in; gives claims back at the end.

    Raises NotYours and Refused, and whatever keeps the deployment from being opened.
    """

    # Asked here: a thread of its own would not see it.
    key_id = key_of_connection()

    def open_desk() -> "ReviewDesk":
        from console.identity import Identity
        from console.review_desk import ReviewDesk

        here = open_deployment()
        who = Identity(key_id, as_name)

        def still(session: "Session") -> "User":
            return who.user(session, here.paths)

        with here.records.database.read() as session:
            user = still(session)
        return ReviewDesk(here.records, here.settings, user, still)

    app = TriageConsole(open_desk)
    try:
        app.run()
    finally:
        if app.desk is not None:
            app.desk.leave()
    if app.failure is not None:
        raise app.failure
