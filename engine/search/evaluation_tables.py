"""The tables an evaluation reads: pairs of pictures, and pictures with who they show."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.search.errors import BadTable

_YES = frozenset({"1", "true", "yes", "same"})
_NO = frozenset({"0", "false", "no", "different"})


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two pictures by their paths, and whether they show one person."""

    a: str
    b: str
    same: bool


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture by its path, and whom it shows."""

    file: str
    identity: str


def read_pairs(path: Path) -> list[LabelledPair]:
    """The rows of a table with the columns a, b and same; further columns are ignored. Raises BadTable."""
    return [
        LabelledPair(row["a"], row["b"], _same(row["same"], path, line)) for line, row in _rows(path, "a", "b", "same")
    ]


def read_identities(path: Path) -> list[LabelledPicture]:
    """The rows of a table with the columns file and identity; further columns are ignored.

    Raises BadTable, for a picture that is listed twice too: it would be found by its own copy.
    """
    first_lines: dict[str, int] = {}
    pictures = []
    for line, row in _rows(path, "file", "identity"):
        first = first_lines.setdefault(row["file"], line)
        if first != line:
            raise BadTable(
                f"{path}, line {line}: {row['file']} stands in line {first} already.", "Keep one of the two."
            )
        pictures.append(LabelledPicture(row["file"], row["identity"]))
    return pictures


def _rows(path: Path, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its line number; every named column has a value in it."""
    header = f"The first line must name the columns: {','.join(columns)}"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise BadTable(f"{path} has no column {' and no column '.join(missing)}.", header)
            count = 0
            for row in reader:
                empty = [column for column in columns if not (row[column] or "").strip()]
                if empty:
                    raise BadTable(
                        f"{path}, line {reader.line_num}: {empty[0]} is empty.", "Fill it in, or take the line out."
                    )
                count += 1
                yield reader.line_num, {column: row[column].strip() for column in columns}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadTable(f"{path} cannot be read: {error}.", "Give a CSV file in UTF-8.") from error
    if not count:
        raise BadTable(f"{path} has no rows.", header)


def _same(word: str, path: Path, line: int) -> bool:
    if word.lower() in _YES | _NO:
        return word.lower() in _YES
    raise BadTable(
        f"{path}, line {line}: same is {word!r}.", "Write 1, true, yes or same, or else 0, false, no or different."
    )
