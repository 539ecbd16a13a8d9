"""One row of a manifest: the columns that have a meaning, and every other as a fact of the referral or of its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.formats.fact_documents import facts_in, known_kind
from engine.formats.incoming import Fact
from engine.formats.text import clean
from engine.formats.vics_facts import plain

#: Columns that are kept under names of their own; the others become facts.
_COLUMNS = frozenset({"referral", "file", "name", "report_number", "narrative", "files", "facts"})
_TOLD = {
    "sender": ("reporter", "sender"),
    "incident_type": ("incident", "incident type"),
    "incident_time": ("incident", "incident time"),
}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a row names, the name it is to have, and what the row says of it."""

    file: str
    name: str = ""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What one line says; `key` is the referral it belongs to, `wrong` why the line is not used."""

    line: int
    key: str
    files: tuple[NamedFile, ...] = ()
    report_number: str = ""
    narrative: str = ""
    facts: tuple[Fact, ...] = ()
    wrong: str = ""


def row_of(told: Mapping[str, Any], line: int) -> Row:
    """The row of a line, from its columns or its JSON object."""
    number = _text(told.get("report_number")).strip()[:80]
    own = tuple(_facts(told))
    return Row(
        line,
        _text(told.get("referral")).strip() or number or f"line {line}",
        tuple(_files(told)),
        number,
        _text(told.get("narrative")),
        own,
    )


def _files(told: Mapping[str, Any]) -> Iterator[NamedFile]:
    if _text(told.get("file")):
        about = [
            Fact("file", key.removeprefix("file."), value, key)
            for key, value in _flat(told)
            if key.startswith("file.") and value
        ]
        yield NamedFile(_text(told["file"]), _text(told.get("name")), tuple(about))
    listed = told.get("files")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, str):
            yield NamedFile(clean(one))
        elif isinstance(one, dict) and _text(one.get("file")):
            yield NamedFile(_text(one["file"]), _text(one.get("name")), tuple(facts_in(one.get("facts"))))


def _facts(told: Mapping[str, Any]) -> Iterator[Fact]:
    yield from facts_in(told.get("facts"))
    for key, value in _flat(told):
        if not value or key.startswith("file."):
            continue
        if key in _TOLD:
            kind, label = _TOLD[key]
        else:
            kind, _, label = key.partition(".")
            kind, label = (kind, label) if label and known_kind(kind) == kind else ("other", key)
        yield Fact(known_kind(kind), label, value, key)


def _flat(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each further column with its value; objects and lists inside are taken apart."""
    for key, value in told.items():
        if key is None or key in _COLUMNS:
            continue
        waiting = [(clean(str(key)), value)]
        while waiting:
            name, one = waiting.pop()
            if isinstance(one, dict):
                waiting.extend(reversed([(f"{name}.{clean(str(inner))}", two) for inner, two in one.items()]))
            elif isinstance(one, list):
                waiting.extend(reversed([(name, two) for two in one]))
            else:
                yield name, clean(plain(one))


def _text(value: Any) -> str:
    """A text as it stands; a number as a text; nothing for anything else."""
    if isinstance(value, str):
        return clean(value)
    return plain(value) if isinstance(value, int | float) else ""
