"""The queue as a table of any length: only a stretch of it is held, and another one is asked for when it comes near.

The cursor stays on its referral when a newer stretch is shown, wherever that referral has moved to.
"""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.widgets.text import ending, fitted

_HEADER = 1
# Columns that every width has, and what is given to the others in turn where there is room.
_FIXED = (("id", 7), ("state", 20), ("age", 6), ("media", 5), ("subjects", 8))
_NUMBERS = ("media", "subjects")
_HOLDER, _CASE = 11, 16
_NARROWEST_SOURCE, _SOURCE_WITH_CASE = 12, 24


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral as listed; all but the number is words. needs_me: its state is shown as work for this user."""

    referral_id: int
    id: str
    state: str
    age: str
    media: int
    subjects: int
    case: str
    holder: str
    source: str
    needs_me: bool = False


class ReferralTable(ScrollView, can_focus=True):
    """A table of referrals with a cursor for keyboard and mouse."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "referral-table--header",
        "referral-table--cursor",
        "referral-table--needs-me",
        "referral-table--quiet",
    }
    DEFAULT_CSS = """
    ReferralTable {
        height: 1fr;
        scrollbar-size-vertical: 1;
        .referral-table--header { color: $text-muted; text-style: bold; }
        .referral-table--cursor { background: $panel; text-style: bold; }
        .referral-table--needs-me { color: $text-accent; }
        .referral-table--quiet { color: $text-muted; }
    }
    ReferralTable:focus .referral-table--cursor { background: $primary-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next referral"),
        Binding("up,k", "move(-1)", "Referral before"),
        Binding("pagedown,space", "page(1)", "Next page", show=False),
        Binding("pageup", "page(-1)", "Page before", show=False),
        Binding("home,g", "go(0)", "First referral", show=False),
        Binding("end,G", "go(-1)", "Last referral", show=False),
        Binding("enter", "open", "Open"),
    ]
    ALLOW_SELECT = False

    cursor: var[int] = var(0, init=False)
    """The place in the whole queue that the cursor is on."""

    class Wanted(Message):
        """Rows came into sight, or near it, that are not held."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    class Opened(Message):
        """The user wants to work on a referral."""

        def __init__(self, row: ReferralRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, empty: str, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.empty = empty
        self._rows: tuple[ReferralRow, ...] = ()
        self._offset = 0
        self._total = 0

    def show(self, rows: tuple[ReferralRow, ...], offset: int, total: int, *, keep_cursor: bool = True) -> None:
        """Hold these rows, the first of them at `offset` of `total`; the cursor stays on its referral, or goes home."""
        current = self.highlighted
        follow = not keep_cursor or self._in_sight(self.cursor)
        self._rows, self._offset, self._total = rows, offset, total
        self.virtual_size = Size(0, total + _HEADER)
        place = self.cursor if keep_cursor else 0
        if keep_cursor and current is not None:
            found = (offset + index for index, row in enumerate(rows) if row.referral_id == current.referral_id)
            place = next(found, place)
        self.set_reactive(ReferralTable.cursor, self.validate_cursor(place))
        if follow:
            self._into_sight()
        self.refresh()

    @property
    def highlighted(self) -> ReferralRow | None:
        """The referral that the cursor is on; none while its row is not held."""
        return self._row(self.cursor)

    @property
    def middle(self) -> int:
        """The place in the middle of what is in sight, around which rows are needed."""
        return self.scroll_offset.y + self.size.height // 2

    def action_move(self, by: int) -> None:
        """Move the cursor by so many rows."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Move the cursor by so many screenfuls."""
        self.cursor += by * max(1, self.size.height - _HEADER)

    def action_go(self, place: int) -> None:
        """Move the cursor to a place of the queue; -1 is the last."""
        self.cursor = place if place >= 0 else self._total + place

    def action_open(self) -> None:
        """Ask for the referral under the cursor to be opened; out of sight, it is shown first."""
        row = self.highlighted
        if row is not None and self._in_sight(self.cursor):
            self.post_message(self.Opened(row))
        else:
            self._into_sight()

    def on_click(self, event: events.Click) -> None:
        place = event.y - _HEADER + self.scroll_offset.y
        if event.y >= _HEADER and place < self._total:
            self.cursor = place
            if event.chain > 1:
                self.action_open()

    def validate_cursor(self, place: int) -> int:
        return max(0, min(place, self._total - 1))

    def watch_cursor(self) -> None:
        self._into_sight()
        self.refresh()
        if self._total and self.highlighted is None:
            self.post_message(self.Wanted(self.cursor))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        last = min(int(new_value) + self.size.height, self._total) - 1
        for place in (int(new_value), last):
            if place >= 0 and self._row(place) is None:
                self.post_message(self.Wanted(place))
                return

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        columns = _columns(width)
        if y < _HEADER:
            text = " ".join(fitted(name, size) for name, size in columns)
            return self._strip([Segment(f" {text}", self.get_component_rich_style("referral-table--header"))], width)
        place = y - _HEADER + self.scroll_offset.y
        if not self._total:
            text = self.empty if y == _HEADER + 1 else ""
            return self._strip([Segment(fitted(f" {text}", width), self._quiet)], width)
        row = self._row(place)
        if row is None:
            return self._strip([Segment(" ..." if place < self._total else "", self._quiet)], width)
        style = self.get_component_rich_style("referral-table--cursor") if place == self.cursor else self.rich_style
        segments = [Segment(">" if place == self.cursor else " ", style)]
        for name, size in columns:
            segments.append(Segment(_cell(row, name, size) + " ", style + self._ink(row, name)))
        return self._strip(segments, width, style)

    def _row(self, place: int) -> ReferralRow | None:
        index = place - self._offset
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def _in_sight(self, place: int) -> bool:
        return 0 <= place - self.scroll_offset.y < self.size.height - _HEADER

    def _into_sight(self) -> None:
        # The header covers the first line, so the line above the cursor must be in sight as well.
        self.scroll_to_region(Region(0, self.cursor, 1, _HEADER + 1), animate=False, force=True)

    def _ink(self, row: ReferralRow, column: str) -> Style:
        if column == "state" and row.needs_me:
            return Style(color=self.get_component_rich_style("referral-table--needs-me").color)
        return Style() if column in ("id", "state", "source") else Style(color=self._quiet.color)

    @property
    def _quiet(self) -> Style:
        return self.get_component_rich_style("referral-table--quiet")

    def _strip(self, segments: list[Segment], width: int, style: Style | None = None) -> Strip:
        return Strip(segments).adjust_cell_length(width, style or self.rich_style)


def _cell(row: ReferralRow, column: str, width: int) -> str:
    """What stands in a column: numbers to the right, and of a source its end."""
    value = row.holder if column == "held by" else getattr(row, column)
    if column in _NUMBERS:
        return f"{value:>{width - 1}} "
    return ending(value, width) if column == "source" else fitted(value, width)


def _columns(width: int) -> list[tuple[str, int]]:
    """The columns that a table of this width has: the source takes what the others leave."""
    columns = list(_FIXED)
    left = width - 1 - sum(size + 1 for _, size in columns)
    if left - _HOLDER - 1 - _CASE - 1 >= _SOURCE_WITH_CASE:
        columns.append(("case", _CASE))
        left -= _CASE + 1
    if left - _HOLDER - 1 >= _NARROWEST_SOURCE:
        columns.append(("held by", _HOLDER))
        left -= _HOLDER + 1
    return [*columns, ("source", max(0, left))]
