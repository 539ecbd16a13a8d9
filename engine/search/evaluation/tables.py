"""The tables an evaluation reads: pairs of pictures, and pictures with who they show."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.search.errors import BadTable

_YES = frozenset({"1", "true", "yes", "same"})
_NO = frozenset({"0", "false", "no", "different"})


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two pictures by their paths, and whether they show one person; further: the other columns of the row."""

    a: str
    b: str
    same: bool
    further: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture by its path, and whom it shows; further: the other columns of the row."""

    file: str
    identity: str
    further: Mapping[str, str] = field(default_factory=dict)


def read_pairs(path: Path) -> list[LabelledPair]:
    """The rows of a table with the columns a, b and same, and any others. Raises BadTable."""
    return [
        LabelledPair(row["a"], row["b"], _same(row["same"], path, line), further)
        for line, row, further in _rows(path, "a", "b", "same")
    ]


def read_identities(path: Path) -> list[LabelledPicture]:
    """The rows of a table with the columns file and identity, and any others.

    Raises BadTable, for a picture that is listed twice too: it would be found by its own copy.
    """
    first_lines: dict[str, int] = {}
    pictures = []
    for line, row, further in _rows(path, "file", "identity"):
        first = first_lines.setdefault(row["file"], line)
        if first != line:
            raise BadTable(
                f"{path}, line {line}: {row['file']} stands in line {first} already.", "Keep one of the two."
            )
        pictures.append(LabelledPicture(row["file"], row["identity"], further))
    return pictures


def _rows(path: Path, *columns: str) -> Iterator[tuple[int, dict[str, str], dict[str, str]]]:
    """Each row with its line number, its values in the named columns, none of them empty, and those in the others."""
    header = f"The first line must name the columns: {','.join(columns)}"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or ()
            missing = [column for column in columns if column not in names]
            if missing:
                raise BadTable(f"{path} has no column {' and no column '.join(missing)}.", header)
            # A column without a name could not be shown.
            others = [name for name in names if name and name not in columns]
            count = 0
            for row in reader:
                values = {name: (row[name] or "").strip() for name in (*columns, *others)}
                empty = [column for column in columns if not values[column]]
                if empty:
                    raise BadTable(
                        f"{path}, line {reader.line_num}: {empty[0]} is empty.", "Fill it in, or take the line out."
                    )
                count += 1
                yield reader.line_num, values, {name: values[name] for name in others}
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
