"""Public ids: a letter for the kind and the row's number, as people read them out and scripts pass them (R12, S40)."""

import re

from engine.records.errors import BadId

PREFIXES = {
    "referral": "R",
    "batch": "B",
    "media": "M",
    "face": "F",
    "subject": "S",
    "candidate": "C",
    "person": "P",
    "reference": "N",
    "gallery": "G",
    "case": "K",
    "search": "Q",
    "permit": "A",
    "conclusion": "D",
    "exhibit": "E",
    "user": "U",
    "key": "Y",
    "mark": "W",
    "fill": "L",
    "hash_list": "H",
    "pause": "Z",
    "export": "X",
}

# Up to 15 digits: more would not fit the databases' integers.
_PUBLIC_ID = re.compile(r"([A-Za-z])([1-9][0-9]{0,14})", re.ASCII)


def public(kind: str, number: int) -> str:
    """The public id of row `number` of a kind, such as "R12" for referral 12."""
    return f"{PREFIXES[kind]}{number}"


def public_or_none(kind: str, number: int | None) -> str | None:
    """The public id of a row that need not be there."""
    return None if number is None else public(kind, number)


def parse(text: str, kind: str) -> int:
    """The row's number in a public id of that kind; letters may be small; raises BadId."""
    prefix = PREFIXES[kind]
    found = _PUBLIC_ID.fullmatch(text.strip())
    if found is None or found[1].upper() != prefix:
        raise BadId(f"{text!r} is not the id of a {kind}.", f"Ids of this kind look like {prefix}12.")
    return int(found[2])
