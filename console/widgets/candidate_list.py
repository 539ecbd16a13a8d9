"""The list of candidates: two lines each, in columns that keep their places, with a cursor for keyboard and mouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.widgets.text import fitted, shortened

_LINES_EACH = 2
_MARK_WIDTH = 3
_NARROWEST_GALLERY, _WIDEST_GALLERY = 7, 16


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate as listed; `rarity` is in words, and empty where it is not to be shown."""

    candidate: str
    person: str
    gallery: str
    rarity: str = ""
    cautions: tuple[str, ...] = ()


def mark_of(index: int, *, ranked: bool) -> str:
    """What a candidate is called: its rank from 1 on, or a letter (A to Z, then AA) where ranks are hidden."""
    if ranked:
        return str(index + 1)
    before, letter = divmod(index, 26)
    return (mark_of(before - 1, ranked=False) if before else "") + chr(ord("A") + letter)


class CandidateList(ScrollView, can_focus=True):
    """A list of candidates for widths of about 24 to 60 cells. Moving the cursor repaints the two it moves between."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "candidate-list--cursor",
        "candidate-list--caution",
        "candidate-list--quiet",
    }
    DEFAULT_CSS = """
    CandidateList {
        width: 1fr;
        height: 1fr;
        scrollbar-size-vertical: 1;
        .candidate-list--cursor { background: $panel; text-style: bold; }
        .candidate-list--caution { color: $text-warning; }
        .candidate-list--quiet { color: $text-muted; }
    }
    CandidateList:focus .candidate-list--cursor { background: $primary-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next candidate"),
        Binding("up,k", "move(-1)", "Candidate before"),
        Binding("home", "go(0)", "First candidate", show=False),
        Binding("end", "go(-1)", "Last candidate", show=False),
    ]
    ALLOW_SELECT = False

    cursor: var[int] = var(0, init=False)
    """Index of the candidate that the cursor is on."""

    class Highlighted(Message):
        """The cursor came to another candidate, or to the first of new ones."""

        def __init__(self, candidates: "CandidateList", index: int, row: CandidateRow) -> None:
            super().__init__()
            self.candidates = candidates
            self.index = index
            self.row = row

        @property
        def control(self) -> "CandidateList":
            return self.candidates

    def __init__(self, *, empty: str = "no candidates", id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, classes=classes)
        self._empty = empty
        self._rows: tuple[CandidateRow, ...] = ()
        self._ranked = True

    def show(self, rows: Sequence[CandidateRow], *, ranked: bool) -> None:
        """List these candidates, by rank or (where that is hidden) by letter, with the cursor on the first."""
        self._rows, self._ranked = tuple(rows), ranked
        self.virtual_size = Size(0, len(self._rows) * _LINES_EACH)
        self.set_reactive(CandidateList.cursor, 0)
        self.scroll_home(animate=False)
        self.refresh()
        self._announce()

    @property
    def highlighted(self) -> CandidateRow | None:
        """The candidate that the cursor is on."""
        return self._rows[self.cursor] if self._rows else None

    def action_move(self, by: int) -> None:
        """Move the cursor by so many candidates, as far as there are any."""
        self.cursor += by

    def action_go(self, index: int) -> None:
        """Move the cursor to a candidate; -1 is the last."""
        self.cursor = index if index >= 0 else len(self._rows) + index

    def on_click(self, event: events.Click) -> None:
        index = (event.y + self.scroll_offset.y) // _LINES_EACH
        if index < len(self._rows):
            self.cursor = index

    def validate_cursor(self, index: int) -> int:
        return max(0, min(index, len(self._rows) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        for index in (before, now):
            self.refresh_lines(index * _LINES_EACH, _LINES_EACH)
        self.scroll_to_region(Region(0, now * _LINES_EACH, 1, _LINES_EACH), animate=False, force=True)
        self._announce()

    def _announce(self) -> None:
        if self._rows:
            self.post_message(self.Highlighted(self, self.cursor, self._rows[self.cursor]))

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        line_number = y + self.scroll_offset.y
        index, second = divmod(line_number, _LINES_EACH)
        if index < len(self._rows):
            segments = self._second_line(index, width) if second else self._first_line(index, width)
        else:
            segments = [Segment(fitted("" if line_number or self._rows else self._empty, width), self.rich_style)]
        return Strip(segments, width)

    def _first_line(self, index: int, width: int) -> list[Segment]:
        """Cursor, mark, person and gallery."""
        row, style = self._rows[index], self._line_style(index)
        pointer = ">" if index == self.cursor else " "
        mark = f"{pointer}{mark_of(index, ranked=self._ranked):>{_MARK_WIDTH}} "
        left = max(0, width - len(mark))
        gallery = min(max(left // 3, _NARROWEST_GALLERY), _WIDEST_GALLERY)
        person = max(0, left - gallery - 1)
        return [
            Segment(mark + fitted(row.person, person) + " ", style),
            Segment(fitted(row.gallery, left - person - 1), style + self._ink("quiet")),
        ]

    def _second_line(self, index: int, width: int) -> list[Segment]:
        """Cautions, which come first because what is too long is cut, then the rarity."""
        row, style = self._rows[index], self._line_style(index)
        indent = " " * (_MARK_WIDTH + 2)
        left = max(0, width - len(indent))
        cautions = shortened(f"! {', '.join(row.cautions)}  " if row.cautions else "", left)
        left -= cell_len(cautions)
        # A number that is cut would be another number.
        rarity = row.rarity if cell_len(row.rarity) <= left else "..."[:left]
        return [
            Segment(indent, style),
            Segment(cautions, style + self._ink("caution")),
            Segment(fitted(rarity, left), style + self._ink("quiet")),
        ]

    def _line_style(self, index: int) -> Style:
        return self.get_component_rich_style("candidate-list--cursor") if index == self.cursor else self.rich_style

    def _ink(self, part: str) -> Style:
        """The colour of a part of the text; its background is that of its line."""
        return Style(color=self.get_component_rich_style(f"candidate-list--{part}").color)
