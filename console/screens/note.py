"""The note that a conclusion rests on, written on a page of its own, so that no key of it decides anything."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from console.widgets.lines import Lines

_LONGEST = 2000


class NoteScreen(Screen[str | None]):
    """Asks for a note; leaves with it, or with none where the user went back."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, about: str, note: str) -> None:
        super().__init__()
        self._about, self._note = about, note

    def compose(self) -> ComposeResult:
        yield Lines(f"Note for your next conclusion about {self._about}", id="note-title")
        note = Input(self._note, max_length=_LONGEST, placeholder="what it rests on, such as: scar on the left brow")
        # A blinking cursor would send bytes over the line for as long as the page is open.
        note.cursor_blink = False
        yield note
        yield Lines("enter keeps it for your next conclusion, escape leaves it as it was", id="note-keys")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self.dismiss(message.value.strip())
