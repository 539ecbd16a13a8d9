"""What a gallery import is given: a folder with a sub-folder per person, or a CSV of persons and files."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.formats.folder import entries, is_folder
from engine.formats.text import printable
from jobs.errors import BadInput

_COLUMNS = {"person", "file"}


@dataclass(frozen=True, slots=True)
class Portrait:
    """One picture of a person; `label` is the file as the source names it."""

    person: str
    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An entry of the source that names no person's picture, and why."""

    label: str
    reason: str


def read_source(source: Path) -> Iterator[Portrait | Misplaced]:
    """The portraits in the order of the source; raises BadInput where it is neither folder nor usable CSV."""
    if is_folder(source):
        yield from _from_folder(source)
    elif source.is_file():
        yield from _from_csv(source)
    else:
        raise BadInput(f"There is no folder or CSV file {source}.", "Give a folder with a sub-folder per person.")


def _from_folder(folder: Path) -> Iterator[Portrait | Misplaced]:
    for person in entries(folder):
        if not is_folder(person):
            yield Misplaced(printable(person.relative_to(folder)), "it lies in no person's sub-folder")
            continue
        for path in entries(person):
            yield Portrait(printable(person.name), path, printable(path.relative_to(folder)))


def _from_csv(file: Path) -> Iterator[Portrait | Misplaced]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        try:
            reader = csv.DictReader(text, strict=True)
            if not set(reader.fieldnames or ()) >= _COLUMNS:
                raise BadInput(f"{file} has no columns person and file.", "Its first line must be: person,file")
            for row in reader:
                yield _row(file, reader.line_num, row)
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadInput(f"{file} is no CSV that can be read: {error}.", "Save it as UTF-8 with commas.") from error


def _row(file: Path, line: int, row: dict[str, str | None]) -> Portrait | Misplaced:
    person, name = (row["person"] or "").strip(), (row["file"] or "").strip()
    if not person or not name:
        return Misplaced(f"line {line}", "the person or the file is missing")
    return Portrait(person, file.parent / name, name)
