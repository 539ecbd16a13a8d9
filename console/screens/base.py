"""What all screens have in common: work in threads whose results come back as messages, and errors as sentences."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual.message import Message
from textual.screen import Screen

from console.cli.exits import explained
from console.widgets.text import harmless

#: Classes by which the style sheet knows how wide a terminal is.
BREAKPOINTS = [(0, "-narrow"), (120, "-normal"), (160, "-wide")]

T = TypeVar("T")
R = TypeVar("R")


class WorkScreen(Screen[R]):
    """A screen that never waits: `in_thread` does, and only the newest work of a group has a say."""

    class Finished(Message):
        """Work in a thread has ended; `tell` says so to the screen."""

        def __init__(self, group: str, number: int, tell: Callable[[], object]) -> None:
            super().__init__()
            self.group, self.number, self.tell = group, number, tell

    def __init__(self) -> None:
        super().__init__()
        self._newest: dict[str, int] = {}

    def in_thread(
        self,
        group: str,
        work: Callable[[], T],
        then: Callable[[T], object],
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Do work in a thread, then give its result to `then`, unless newer work of the same group has begun.

        An error goes to `failed`, which shows it as a sentence where nothing else is given.
        """
        number = self._newest[group] = self._newest.get(group, 0) + 1

        def run() -> None:
            try:
                tell = partial(then, work())
            except Exception as error:  # noqa: BLE001 (whatever it is, the user is told in a sentence)
                tell = partial(failed or self.tell_error, error)
            self.post_message(self.Finished(group, number, tell))

        self.run_worker(run, thread=True, group=group, exit_on_error=False)

    def on_work_screen_finished(self, message: Finished) -> None:
        message.stop()
        if message.number == self._newest[message.group]:
            message.tell()

    def tell_error(self, error: Exception) -> None:
        """Show what went wrong and what to do, in a notice."""
        self.tell("\n".join(explained(error)), wrong=True)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Show a notice."""
        shown = "\n".join(harmless(line) for line in text.splitlines())
        self.notify(shown, severity="error" if wrong else "information", timeout=8, markup=False)
