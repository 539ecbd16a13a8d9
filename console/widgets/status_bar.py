"""The one line that says who is signed in, how much is waiting, and what is wrong."""

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import var
from textual.strip import Strip
from textual.widget import Widget

from console.widgets.text import fitted, shortened

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Status:
    """What the status bar shows: who acts and as what, numbers with their names, and warnings, the worst first."""

    user: str
    role: str
    counts: tuple[tuple[str, int], ...] = ()
    warnings: tuple[str, ...] = ()


class StatusBar(Widget):
    """Shows a `Status` in one line. Where it is too narrow, counts give way to warnings, and both to who acts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"status-bar--user", "status-bar--warning"}
    DEFAULT_CSS = """
    StatusBar {
        height: 1;
        background: $panel;
        color: $text-muted;
        .status-bar--user { color: $text; text-style: bold; }
        .status-bar--warning { color: $text-error; text-style: bold; }
    }
    """
    ALLOW_SELECT = False

    status: var[Status | None] = var(None)
    """What is shown; nothing before it is known."""

    def watch_status(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y > 0 or self.status is None:
            return Strip.blank(width, self.rich_style)
        user = shortened(f" {self.status.user}, {self.status.role}", width)
        warning = shortened(_warning(self.status.warnings), width - cell_len(user))
        middle = width - cell_len(user) - cell_len(warning)
        return Strip(
            [
                Segment(user, self.get_component_rich_style("status-bar--user")),
                Segment(fitted(_counts(self.status.counts, middle), middle), self.rich_style),
                Segment(warning, self.get_component_rich_style("status-bar--warning")),
            ],
            width,
        )


def _warning(warnings: tuple[str, ...]) -> str:
    """The worst warning, and how many more there are."""
    if not warnings:
        return ""
    more = f" (and {len(warnings) - 1} more)" if len(warnings) > 1 else ""
    return f"{_GAP}! {warnings[0]}{more} "


def _counts(counts: tuple[tuple[str, int], ...], width: int) -> str:
    """As many counts as fit, each whole, for a number that is cut would be another number; dots stand for the rest."""
    shown = ""
    for name, number in counts:
        longer = f"{shown}{_GAP}{name} {number}"
        if cell_len(longer) > width:
            return shortened(f"{shown}{_GAP}...", width) if cell_len(shown) + len(_GAP) + 3 <= width else shown
        shown = longer
    return shown
