"""Reads JSON that may be larger than memory: value by value, within a depth, in UTF-8 or UTF-16."""

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from engine.formats.text import clean

_DEEPEST = 64
_MARK = b"\xef\xbb\xbf"

Event = tuple[str, Any]


class BadJson(Exception):
    """A JSON document that is not read; the message says why."""


def events_of(file: BinaryIO, most_bytes: int) -> Iterator[Event]:
    """The document's events (ijson's basic ones); raises BadJson, and OSError where the file cannot be read."""
    depth = 0
    try:
        for event, value in ijson.basic_parse(_Utf8(file, most_bytes), use_float=True):
            depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
            if depth > _DEEPEST:
                raise BadJson(f"its values are nested deeper than {_DEEPEST} levels")
            yield event, clean(value) if isinstance(value, str) else value
    except (ijson.JSONError, ValueError, OverflowError, ArithmeticError) as error:
        reason = (clean(str(error)).splitlines() or [""])[0]
        raise BadJson(f"it is not well-formed JSON: {reason}") from error


def value_of(first: Event, events: Iterator[Event]) -> Any:
    """The value that begins with this event, whole."""
    event, value = first
    if event == "start_map":
        return {key: value_of(next(events), events) for key in _keys(events)}
    if event == "start_array":
        return [value_of(item, events) for item in items(events)]
    return value


def items(events: Iterator[Event]) -> Iterator[Event]:
    """The first event of each item of an array that has begun; its value must be read before the next."""
    for event in events:
        if event[0] == "end_array":
            return
        yield event


def fields(events: Iterator[Event]) -> Iterator[tuple[str, Event]]:
    """Each key of an object that has begun, with the first event of its value, which must be read before the next."""
    for key in _keys(events):
        yield key, next(events)


def _keys(events: Iterator[Event]) -> Iterator[str]:
    for event, value in events:
        if event == "end_map":
            return
        yield value


class _Utf8:
    """The document as UTF-8 without a mark, and no more than so many bytes of it."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        head = file.read(len(_MARK))
        file.seek(0)
        wide = head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        self._file = codecs.EncodedFile(file, "utf-8", "utf-16") if wide else file
        self._left, self._skip = most, _MARK if head == _MARK else b""

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(max(size, 1 << 16)) if size else b""
        self._left -= len(data)
        if self._left < 0:
            raise BadJson("it is larger than a list may be")
        if self._skip and data:
            data, self._skip = data.removeprefix(self._skip), b""
        return data
