"""What is left on the screen of somebody who may no longer act: no picture, no name, and why."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from console.widgets.lines import Lines


class LockedScreen(Screen[None]):
    """Stands over everything else until the console is left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape,enter", "app.quit", "Leave", tooltip="Leave Triage.")]

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._reason = reason

    def compose(self) -> ComposeResult:
        yield Lines(" Locked", id="queue-title")
        yield Lines(f"\n {self._reason}\n\n What you recorded stays; what you had claimed is free again.\n\n q  leave")
