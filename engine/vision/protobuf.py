"""Reads messages in protobuf's wire format field by field, without their schema.

The encoding is https://protobuf.dev/programming-guides/encoding/. Bytes that are no such message raise ValueError or
IndexError.
"""

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield field number and value: an int for varints, else the bytes."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        kind = key & 7
        if kind == _VARINT:
            number, position = _varint(data, position)
            yield key >> 3, number
            continue
        if kind == _BYTES:
            length, position = _varint(data, position)
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            raise ValueError(f"wire type {kind} at byte {position}")
        if length > len(data) - position:
            raise ValueError(f"a field of {length} bytes at byte {position} runs past the end")
        yield key >> 3, data[position : position + length]
        position += length


def single(data: memoryview, number: int) -> memoryview:
    """The first field of this number, which must not be a varint."""
    for field, value in fields(data):
        if field == number:
            return submessage(value)
    raise ValueError(f"no field {number}")


def submessage(value: int | memoryview) -> memoryview:
    """A value that must be a message, a text or bytes."""
    if isinstance(value, int):
        raise ValueError("a number where a message should be")
    return value


def text(value: int | memoryview) -> str:
    """A value that must be text."""
    return bytes(submessage(value)).decode("utf-8")


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    result = shift = 0
    while shift < 70:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
    raise ValueError(f"a number of more than ten bytes at byte {position}")
