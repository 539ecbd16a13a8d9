"""The first thing on the screen, while the records' libraries load and the records open in a thread."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from console.screens.base import WorkScreen
from console.widgets.lines import Lines

if TYPE_CHECKING:
    from console.review_desk import ReviewDesk


class OpeningScreen(WorkScreen[None]):
    """Says that the records are being opened; `opened` or `failed` is called with what came of it."""

    def __init__(
        self,
        open_desk: "Callable[[], ReviewDesk]",
        opened: "Callable[[ReviewDesk], object]",
        failed: Callable[[Exception], object],
    ) -> None:
        super().__init__()
        self._open_desk, self._opened, self._failed = open_desk, opened, failed

    def compose(self) -> ComposeResult:
        yield Lines(" Triage", id="queue-title")
        yield Lines(" Opening the records ...")

    def on_mount(self) -> None:
        # Only once this screen is painted: loading keeps the processor from painting.
        self.call_after_refresh(lambda: self.in_thread("open", self._open, self._opened, self._failed))

    def _open(self) -> "ReviewDesk":
        # Loaded here, so that the thread that paints finds it ready.
        import console.screens.queue  # noqa: F401

        return self._open_desk()
