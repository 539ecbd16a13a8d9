"""The lines where decisions are made: what enter would record or what was recorded, and the keys of now."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from console.widgets.text import fitted

_GAP = "  "


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key and what it does; a key that makes no sense now is shown faintly, so that the others keep their places."""

    key: str
    label: str
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """The line above the keys: something staged, recorded, wrong, or just said."""

    text: str = ""
    kind: Literal["quiet", "staged", "recorded", "wrong"] = "quiet"


class DecisionBar(Widget):
    """Shows a `Notice` in one line and the keys of now below it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "decision-bar--quiet",
        "decision-bar--staged",
        "decision-bar--recorded",
        "decision-bar--wrong",
        "decision-bar--key",
        "decision-bar--label",
        "decision-bar--impossible",
    }
    DEFAULT_CSS = """
    DecisionBar {
        height: 2;
        .decision-bar--quiet { color: $text-muted; }
        .decision-bar--staged { background: $warning; color: $background; text-style: bold; }
        .decision-bar--recorded { color: $text-success; }
        .decision-bar--wrong { color: $text-error; text-style: bold; }
        .decision-bar--key { color: $text; text-style: bold; }
        .decision-bar--label { color: $text-muted; }
        .decision-bar--impossible { color: $foreground-darken-3; text-style: dim; }
    }
    """
    ALLOW_SELECT = False

    notice: var[Notice] = var(Notice())
    """What is said above the keys."""

    hints: var[tuple[KeyHint, ...]] = var(())
    """The keys, the most needed first: they take the lines there are, and what does not fit is left out, each whole."""

    def watch_notice(self) -> None:
        self.refresh()

    def watch_hints(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            style = self.get_component_rich_style(f"decision-bar--{self.notice.kind}")
            return Strip([Segment(fitted(f" {self.notice.text}", width), style)], width)
        segments = [Segment(" ", self.rich_style)]
        for hint in self._line(y - 1, width):
            key, label = self._styles(hint)
            segments += [Segment(hint.key, key), Segment(f" {hint.label}", label), Segment(_GAP, self.rich_style)]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _line(self, number: int, width: int) -> list[KeyHint]:
        """The keys of one line."""
        lines: list[list[KeyHint]] = [[]]
        used = 1
        for hint in self.hints:
            long = cell_len(f"{hint.key} {hint.label}")
            if used + long > width:
                lines.append([])
                used = 1
            lines[-1].append(hint)
            used += long + len(_GAP)
        return lines[number] if number < len(lines) else []

    def _styles(self, hint: KeyHint) -> tuple[Style, Style]:
        if not hint.possible:
            faint = self.get_component_rich_style("decision-bar--impossible")
            return faint, faint
        return self.get_component_rich_style("decision-bar--key"), self.get_component_rich_style("decision-bar--label")
