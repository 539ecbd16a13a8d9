"""Finds out what format a hash list has by looking inside, and reads it."""

from collections.abc import Iterator
from enum import StrEnum
from io import TextIOWrapper
from typing import BinaryIO

from engine.formats.hash_lists.entry import Listed
from engine.formats.hash_lists.lines import is_icse, read_icse, read_plain
from engine.formats.hash_lists.ncmec import read_ncmec
from engine.formats.hash_lists.vics import read_vics_hashes

_LOOKED_AT = 1 << 16
#: Whoever imports a list chose the file: it is read however long it is, in bounded memory.
_LONGEST = 1 << 50


class ListFormat(StrEnum):
    """The formats of hash lists; `pdq` is plain text whose hashes of 64 digits are PDQ, not SHA-256."""

    AUTO = "auto"
    TEXT = "text"
    ICSE = "icse"
    NCMEC = "ncmec"
    VICS = "vics"
    PDQ = "pdq"


def format_of(file: BinaryIO) -> ListFormat:
    """The format of a list by its beginning; the file is at its start again afterwards."""
    head = file.read(_LOOKED_AT)
    file.seek(0)
    wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = head.decode("utf-16" if wide else "utf-8-sig", "replace").lstrip()
    if text.startswith("<"):
        return ListFormat.NCMEC
    if text.startswith(("{", "[")):
        return ListFormat.VICS
    return ListFormat.ICSE if is_icse(text) else ListFormat.TEXT


def read_list(file: BinaryIO, format_name: ListFormat) -> Iterator[Listed]:
    """Every hash and every bad entry of a list, read as one of the formats; raises OSError."""
    if format_name is ListFormat.AUTO:
        format_name = format_of(file)
    if format_name is ListFormat.NCMEC:
        return read_ncmec(file)
    if format_name is ListFormat.VICS:
        return read_vics_hashes(file, _LONGEST)
    wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    file.seek(0)
    text = TextIOWrapper(file, "utf-16" if wide else "utf-8-sig", errors="replace", newline="")
    if format_name is ListFormat.ICSE:
        return read_icse(text)
    return read_plain(text, pdq=format_name is ListFormat.PDQ)
