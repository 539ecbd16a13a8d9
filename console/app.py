"""The console as a program: its screens, themes and commands; what it works on is handed in."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from console.cli.opening import Deployment
from console.identity import acting_user
from console.review_desk import ReviewDesk
from console.screens.help import HelpScreen
from console.screens.queue import QueueScreen
from console.themes import DARK, HIGH_CONTRAST


class TriageConsole(App[None]):
    """The console of one user."""

    TITLE = "Triage"
    CSS_PATH = "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False)]

    def __init__(self, desk: ReviewDesk) -> None:
        super().__init__()
        self.desk = desk
        # Movement on the screen costs bytes over SSH and says nothing.
        self.animation_level = "none"

    def on_mount(self) -> None:
        for theme in (DARK, HIGH_CONTRAST):
            self.register_theme(theme)
        self.theme = DARK.name

    def get_default_screen(self) -> Screen[None]:
        """The queue is where everything starts."""
        return QueueScreen(self.desk)

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

        if not isinstance(self.screen, HealthScreen):
            self.push_screen(HealthScreen(self.desk))


def run_console(here: Deployment, as_name: str | None = None) -> None:
    """Open the console for whoever is signed in; raises NotYours and Refused, and gives claims back at the end."""
    with here.records.database.read() as session:
        user = acting_user(session, here.paths, as_name)
    desk = ReviewDesk(here.records, here.settings, user)
    try:
        TriageConsole(desk).run()
    finally:
        desk.leave()
