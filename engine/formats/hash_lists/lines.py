"""Hash lists of lines: plain text with hashes in each line, and INTERPOL's ICSE export, a CSV with semicolons."""

import csv
import re
from collections.abc import Iterator
from typing import TextIO

from engine.formats.hash_lists.entry import BadEntry, Kind, Listed, hash_of
from engine.formats.text import clean

#: The columns of ICSE's export; PhotoDNA hashes cannot be compared without Microsoft's library.
_ICSE: dict[str, Kind] = {"md5": "md5", "sha1": "sha1"}
_SERIES = "series name"

_BY_DIGITS: dict[int, Kind] = {32: "md5", 40: "sha1", 64: "sha256"}
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]+")
_BETWEEN = re.compile(r"[\s,;|\"'*:]+")


def read_plain(file: TextIO, *, pdq: bool = False) -> Iterator[Listed]:
    """Every hash of a text, known by its number of digits; pdq: those of 64 digits are PDQ hashes, not SHA-256.

    A line may hold several, and a name beside them, as md5sum and CSV write it. Lines that begin with # say nothing,
    and a first line without a hash is taken for a heading.
    """
    for number, line in enumerate(file, 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = [part for part in _BETWEEN.split(line) if len(part) in _BY_DIGITS and _HEXADECIMAL.fullmatch(part)]
        if not found and number > 1:
            yield BadEntry(f"line {number}", "it holds no MD5, SHA-1 or SHA-256")
        for part in found:
            kind: Kind = "pdq" if pdq and len(part) == 64 else _BY_DIGITS[len(part)]
            if (one := hash_of(kind, part, f"line {number}")) is not None:
                yield one


def is_icse(head: str) -> bool:
    """Whether a text begins as ICSE's export does."""
    names = [name.strip().lower() for name in head.lstrip("\ufeff").partition("\n")[0].split(";")]
    return len(names) > 2 and bool(_ICSE.keys() & set(names))


def read_icse(file: TextIO) -> Iterator[Listed]:
    """Every hash of an ICSE export, with the name of its series."""
    rows = csv.reader(file, delimiter=";")
    names = [name.strip().lower().lstrip("\ufeff") for name in next(rows, [])]
    places = {kind: names.index(name) for name, kind in _ICSE.items() if name in names}
    series_at = names.index(_SERIES) if _SERIES in names else None
    try:
        for row in rows:
            if not any(row):
                continue
            series = clean(row[series_at]).strip() if series_at is not None and series_at < len(row) else None
            found = [
                one
                for kind, at in places.items()
                if at < len(row) and (one := hash_of(kind, row[at], f"line {rows.line_num}", series)) is not None
            ]
            yield from found or [BadEntry(f"line {rows.line_num}", "it holds neither MD5 nor SHA-1")]
    except csv.Error as error:
        yield BadEntry(f"line {rows.line_num}", f"it cannot be read: {error}; nothing after it was")
