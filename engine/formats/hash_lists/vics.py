"""Project VIC files as hash lists: the media entries' hashes, with the series they name."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from engine.formats.hash_lists.entry import BadEntry, Kind, Listed, hash_of
from engine.formats.json_stream import BadJson, events_of
from engine.formats.vics import entries

_FIELDS: dict[str, Kind] = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}
_ALTERNATIVE: dict[str, Kind] = {"sha256": "sha256", "sha-256": "sha256", "pdq": "pdq"}


def read_vics_hashes(file: BinaryIO, most_bytes: int) -> Iterator[Listed]:
    """Every hash of every media entry; PhotoDNA cannot be compared."""
    number = 0
    try:
        for is_media, entry in entries(events_of(file, most_bytes)):
            if is_media:
                number += 1
                yield from _hashes(entry, f"entry {number}")
    except (BadJson, StopIteration) as error:
        yield BadEntry(f"after entry {number}", f"{error or 'it ends too early'}; nothing more was read")


def _hashes(entry: dict[str, Any], place: str) -> Iterator[Listed]:
    told = entry.get("Series")
    series = told.strip() if isinstance(told, str) else None
    named = [(kind, entry.get(field)) for field, kind in _FIELDS.items()]
    others = entry.get("AlternativeHashes")
    for other in others if isinstance(others, list) else ():
        if isinstance(other, dict) and (kind := _ALTERNATIVE.get(str(other.get("HashName")).strip().lower())):
            named.append((kind, other.get("HashValue")))
    found = [
        one for kind, text in named if isinstance(text, str) and (one := hash_of(kind, text, place, series)) is not None
    ]
    yield from found or [BadEntry(place, "it holds no MD5, SHA-1, SHA-256 or PDQ")]
