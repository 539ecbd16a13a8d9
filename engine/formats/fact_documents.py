"""Facts as Triage writes them into its own files, and reads them back."""

from collections.abc import Iterator
from typing import Any, get_args

from engine.formats.incoming import Fact, FactKind
from engine.formats.text import clean

_KINDS = frozenset(get_args(FactKind))


def document_of(fact: Fact) -> dict[str, str]:
    """A fact as an object of JSON."""
    return {"kind": fact.kind, "label": fact.label, "value": fact.value, "path": fact.path}


def facts_in(value: Any) -> Iterator[Fact]:
    """The facts in a list of such objects; whatever else stands in their place is passed over."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict) and all(isinstance(one.get(key), str) for key in ("kind", "label", "value")):
            path = one.get("path")
            where = clean(path) if isinstance(path, str) else ""
            yield Fact(known_kind(one["kind"]), clean(one["label"]), clean(one["value"]), where)


def known_kind(word: str) -> FactKind:
    """The kind of a word, "other" where it is none."""
    return word if word in _KINDS else "other"  # type: ignore[return-value]  # One of the kinds, as just tested.
