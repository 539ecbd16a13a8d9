"""The help page: the keys of the screen it was asked from, and what to keep in mind there."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

_PRINCIPLES = (
    "A machine proposes, two people decide: an identification takes two examiners who agree.",
    "Candidates stand in an order that tells nothing of their scores, unless your unit shows scores to your role.",
    "Recorded means written to the database. Conclusions are never changed: undo adds one that supersedes.",
    "Faces are drawn for triage. Before an identification, look at the original pictures.",
    "What you do to a face to see more is written below it and kept with your conclusion.",
    "A claim ends by itself when nobody presses a key; what was recorded stays.",
)
_WRITTEN = {
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "comma": ",",
    "full_stop": ".",
}


class HelpScreen(Screen[None]):
    """Lists keys with what they do."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "dismiss", "Back")]

    def __init__(self, keys: Sequence[Binding]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._text(), id="help", markup=False)

    def _text(self) -> Text:
        text = Text()
        text.append("Keys\n\n", style="bold")
        for binding in self._keys:
            written = " ".join(_WRITTEN.get(key, key) for key in binding.key.split(","))
            text.append(f"  {written:<16}", style="bold")
            text.append(f"{binding.tooltip}\n")
        text.append(f"  {'ctrl+p':<16}", style="bold")
        text.append("Every command by name, and the themes.\n")
        text.append("\nKeep in mind\n\n", style="bold")
        for sentence in _PRINCIPLES:
            text.append(f"  {sentence}\n")
        text.append("\nescape goes back", style="dim")
        return text
