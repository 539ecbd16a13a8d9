"""What every list is read into: hashes with their series, and entries that hold none."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["md5", "sha1", "sha256", "pdq"]

#: Bytes of each kind.
LENGTHS: dict[Kind, int] = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32}

#: The hashes of a file without content: in a list by mistake they would name every empty file.
_OF_NOTHING = frozenset(
    {
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
)


@dataclass(frozen=True, slots=True)
class ListedHash:
    """One hash of a list, as bytes; `series` is what the list calls the series that the file belongs to."""

    kind: Kind
    value: bytes
    series: str | None = None


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry that cannot be used: where it is, such as line 12, and why."""

    place: str
    reason: str


Listed = ListedHash | BadEntry


def hash_of(kind: Kind, text: str, place: str, series: str | None = None) -> Listed | None:
    """The hash that a text holds, none for an empty one; anything else than hexadecimal of its length is bad."""
    text = text.strip().lower()
    if not text:
        return None
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return BadEntry(place, f"its {kind.upper()} is not hexadecimal")
    if len(value) != LENGTHS[kind] or len(text) != 2 * len(value):
        return BadEntry(place, f"its {kind.upper()} has {len(text)} digits, not {2 * LENGTHS[kind]}")
    if text in _OF_NOTHING:
        return BadEntry(place, "it is the hash of a file without content")
    return ListedHash(kind, value, series or None)
