"""What commands print: one JSON document or a table on standard output, everything else on standard error.

Names, narratives and paths come from outside and may be hostile: nothing that could steer a terminal reaches it,
neither in text (each such character is replaced) nor in JSON (it is written as \\uXXXX, which loses nothing).
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from console.widgets.text import harmless

# Columns of a table that goes to a file or a pipe, where nothing needs to be folded.
_UNFOLDED = 10_000


def print_json(document: Any) -> None:
    """Write one JSON document to standard output."""
    text = json.dumps(document, indent=2, ensure_ascii=not _speaks_unicode(), default=_plain)
    write_text("\n".join(line if line.isprintable() else _escaped(line) for line in text.split("\n")) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Write a table to standard output, or the sentence `empty` where there are no rows; numbers stand to the right."""
    cells = [list(row) for row in rows]
    if not cells:
        print_line(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float) for row in cells)
        # The first column holds ids and names that people copy.
        table.add_column(column, overflow="fold", no_wrap=index == 0, justify="right" if numeric else "left")
    for row in cells:
        table.add_row(*(Text(_cell(cell)) for cell in row))
    _draw(table)


def print_facts(facts: Mapping[str, object]) -> None:
    """Write a few named values to standard output, each on lines of its own; those that are None are left out."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        if value is not None:
            table.add_row(name, Text("\n".join(harmless(line) for line in str(_plain(value)).splitlines())))
    _draw(table)


def write_text(text: str) -> None:
    """Write text of our own making to standard output as it is."""
    sys.stdout.write(text)
    # Now, not when the program ends: only here can a reader who has left be noticed in good order.
    sys.stdout.flush()


def print_line(text: str) -> None:
    """Write a line for a person to standard output."""
    write_text(f"{harmless(text)}\n")


def say(text: str) -> None:
    """Write a line for a person to standard error; a text of several lines is indented from the second one on."""
    first, *more = text.split("\n")
    lines = [harmless(first), *(f"  {harmless(line)}" for line in more)]
    Console(stderr=True).print(Text("\n".join(lines)), soft_wrap=True)


def moment(at: datetime | None) -> str:
    """A moment in local time, to the minute."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}"


def age(at: datetime | None, *, now: datetime | None = None) -> str:
    """How long ago a moment was, or how far ahead it is, in its one largest unit: "3 h", "in 12 d"."""
    if at is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    # With a minute's grace, so that what was just granted for 30 days ends "in 30 d".
    return duration(seconds) if seconds > -1 else f"in {duration(60 - seconds)}"


def duration(seconds: float) -> str:
    """A length of time in its one largest unit: "40 s", "12 min", "3 h", "5 d"."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(max(seconds, 0))} s"


def moment_and_age(at: datetime | None) -> str:
    """A moment in local time and how long ago that was: "2026-05-04 14:03 (3 h ago)"."""
    if at is None:
        return ""
    known = age(at)
    return f"{moment(at)} ({known})" if known.startswith("in ") else f"{moment(at)} ({known} ago)"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: "1 face", "3 faces"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def words(word: str) -> str:
    """A word of the records' vocabularies as people read it: "in review", "awaiting second examiner"."""
    return word.replace("_", " ").replace("awaiting second", "awaiting second examiner")


def _draw(table: Table) -> None:
    console = Console(width=None if sys.stdout.isatty() else _UNFOLDED)
    with console.capture() as capture:
        console.print(table)
    # rich pads every line to the table's width.
    write_text("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def _cell(value: object) -> str:
    return "" if value is None else harmless(" ".join(str(_plain(value)).split()))


def _speaks_unicode() -> bool:
    return sys.stdout.encoding.lower().replace("-", "") == "utf8"


def _escaped(line: str) -> str:
    return "".join(character if character.isprintable() else _code_units(character) for character in line)


def _code_units(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Enum):
        return value.value
    return str(value) if not isinstance(value, str) else value
