"""The checklist beside the faces: a line for each component, a digit for what it says, and the next line."""

from collections.abc import Mapping
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from console.widgets.text import fitted

_TITLE_LINES = 1
#: Each finding with what stands for it, so that they are told apart at a glance; the digit is its place.
_SIGNS = {"for": "+ for", "against": "- against", "not comparable": "not comparable"}
_NAME_WIDTH = 12


class ChecklistPanel(Widget, can_focus=True):
    """Shows components with their findings; digits from 1 on fill one in and go on, 0 empties it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "checklist-panel--title",
        "checklist-panel--cursor",
        "checklist-panel--quiet",
    }
    DEFAULT_CSS = """
    ChecklistPanel {
        .checklist-panel--title { text-style: bold; color: $text-accent; }
        .checklist-panel--cursor { background: $panel; text-style: bold; }
        .checklist-panel--quiet { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next component"),
        Binding("up,k", "move(-1)", "Component before"),
        Binding("0,backspace", "fill(-1)", "Not looked at"),
        *(Binding(str(number + 1), f"fill({number})", finding) for number, finding in enumerate(_SIGNS)),
    ]
    ALLOW_SELECT = False

    cursor: var[int] = var(0)
    """The component that a digit is about."""

    class Filled(Message):
        """What a component says was filled in, or (None) emptied."""

        def __init__(self, component: str, finding: str | None) -> None:
            super().__init__()
            self.component, self.finding = component, finding

    def __init__(self, components: tuple[str, ...]) -> None:
        super().__init__()
        self._components = components
        self._title = ""
        self._filled: dict[str, str] = {}

    def show(self, title: str, filled: Mapping[str, str]) -> None:
        """Show what is filled in about somebody; the cursor goes to the first component that is not."""
        if title != self._title:
            self.cursor = next((at for at, one in enumerate(self._components) if one not in filled), 0)
        self._title, self._filled = title, dict(filled)
        self.refresh()

    def action_move(self, by: int) -> None:
        """Go to another component."""
        self.cursor += by

    def action_fill(self, number: int) -> None:
        """Fill in what the component says, and go to the next one."""
        finding = tuple(_SIGNS)[number] if number >= 0 else None
        self.post_message(self.Filled(self._components[self.cursor], finding))
        self.cursor += 1

    def on_click(self, event: events.Click) -> None:
        self.cursor = event.y - _TITLE_LINES

    def validate_cursor(self, at: int) -> int:
        return max(0, min(at, len(self._components) - 1))

    def watch_cursor(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        at = y - _TITLE_LINES
        if y < _TITLE_LINES:
            return self._line(f" Checklist {self._title}", "title", width)
        if at < len(self._components):
            return self._component(at, width)
        return self._line(self._keys(at - len(self._components), width), "quiet", width)

    def _component(self, at: int, width: int) -> Strip:
        name = self._components[at]
        finding = self._filled.get(name)
        told = "" if finding is None else _SIGNS[finding]
        pointer = ">" if at == self.cursor else " "
        text = f"{pointer} {name:<{_NAME_WIDTH}} {told}"
        return self._line(text, "cursor" if at == self.cursor else "", width)

    @staticmethod
    def _keys(line: int, width: int) -> str:
        """The digits, in two lines where there is little room."""
        parts = [f"{number} {finding}" for number, finding in enumerate(_SIGNS, start=1)] + ["0 none"]
        lines = [" ".join(["", *parts])] if len(" ".join(["", *parts])) <= width else []
        lines = lines or [" ".join(["", *parts[:2]]), " ".join(["", *parts[2:]])]
        return lines[line] if line < len(lines) else ""

    def _line(self, text: str, part: str, width: int) -> Strip:
        style: Style = self.get_component_rich_style(f"checklist-panel--{part}") if part else self.rich_style
        return Strip([Segment(fitted(text, width), style)], width)
