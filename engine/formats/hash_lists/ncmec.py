"""NCMEC's hash-sharing XML (namespace https://hashsharing.ncmec.org/hashsharing/v2), read element by element."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError  # Types and an error; parsing is defusedxml's.

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from engine.formats.hash_lists.entry import BadEntry, Kind, Listed, hash_of
from engine.formats.safe_xml import local, text_of

_FINGERPRINTS: dict[str, Kind] = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "pdq": "pdq"}
_ENTRIES = ("image", "video")
_DEEPEST = 50


def read_ncmec(file: BinaryIO) -> Iterator[Listed]:
    """Every hash of the files that are shared, not of those that were deleted; PhotoDNA cannot be compared."""
    open_now: list[Element] = []
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                open_now.append(element)
                if len(open_now) > _DEEPEST:
                    yield BadEntry("the file", "its elements are nested too deeply; nothing more was read")
                    return
                continue
            open_now.pop()
            if local(element).lower() in _ENTRIES:
                yield from _hashes(element)
            if len(open_now) == 2:
                open_now[-1].remove(element)  # Memory does not grow with the list.
    except DefusedXmlException:
        yield BadEntry("the file", "it declares a document type or entities, which are never followed")
    except (ParseError, ValueError, LookupError) as error:
        yield BadEntry("the file", f"it is not well-formed XML: {error}; nothing after that was read")


def _hashes(entry: Element) -> Iterator[Listed]:
    place = f"entry {next((text_of(child) for child in entry if local(child) == 'id'), '?')}"
    found = [
        one
        for child in entry.iter()
        if (kind := _FINGERPRINTS.get(local(child).lower())) is not None
        and (one := hash_of(kind, text_of(child), place)) is not None
    ]
    yield from found or [BadEntry(place, "it holds no MD5, SHA-1, SHA-256 or PDQ")]
