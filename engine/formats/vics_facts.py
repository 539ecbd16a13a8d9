"""What a VICS entry says, as facts; with the traps of real exports: booleans as strings, .NET dates, backslashes."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.formats.fact_documents import facts_in
from engine.formats.incoming import Fact, FactKind

#: The annotation under which Triage writes what VICS has no field for. Other readers pass over annotations.
FACTS = "@triage.Facts"
NARRATIVE = "@triage.Narrative"
#: A date as .NET's serialiser wrote it: milliseconds since 1970, at times with the zone it was shown in.
_NET_DATE = re.compile(r"/?Date\((-?\d{1,17})([+-]\d{4})?\)/?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def facts_of(entry: Mapping[str, Any], place: str, kind: FactKind) -> Iterator[Fact]:
    """Every value of an entry with the path to it; `place` is the path of the entry itself."""
    for key, value in entry.items():
        path = f"{place}/{key}" if place else key
        if key == FACTS:
            yield from facts_in(value)
        elif key == "Exifs" and isinstance(value, list):
            yield from _named(value, "PropertyName", "PropertyValue", path)
        elif key == "AlternativeHashes" and isinstance(value, list):
            yield from _named(value, "HashName", "HashValue", path)
        elif key != NARRATIVE:
            yield from _flat(value, key, path, kind)


def exif_kind(label: str) -> FactKind:
    """What an EXIF property is about."""
    if label.startswith("GPS"):
        return "place"
    return "camera" if label in ("Make", "Model", "Software", "LensModel", "BodySerialNumber") else "file"


def plain(value: Any) -> str:
    """A value as a text: booleans and .NET dates in one form, whichever they were written in; nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    date = _NET_DATE.fullmatch(text)
    if date is None:
        return text
    try:
        return (_EPOCH + timedelta(milliseconds=int(date[1]))).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError):
        return text


def _named(entries: list[Any], name: str, value: str, path: str) -> Iterator[Fact]:
    for entry in entries:
        if isinstance(entry, dict) and plain(entry.get(name)) and plain(entry.get(value)):
            label = plain(entry[name])
            yield Fact(exif_kind(label) if name == "PropertyName" else "file", label, plain(entry[value]), path)


def _flat(value: Any, label: str, path: str, kind: FactKind) -> Iterator[Fact]:
    # The reader of JSON bounds the depth, so calls may follow it.
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _flat(one, key, f"{path}/{key}", kind)
    elif isinstance(value, list):
        for number, one in enumerate(value, 1):
            yield from _flat(one, label, f"{path}[{number}]" if len(value) > 1 else path, kind)
    elif plain(value):
        yield Fact(kind, label, plain(value), path)
