"""The parent's checks on a decoder's answers: whatever they are, they become a picture, a frame, or BadMessage."""

import fcntl
import mmap
import os
from datetime import UTC, datetime
from typing import Any, get_args

import numpy as np

from engine.formats.incoming import Fact, FactKind
from engine.formats.text import clean
from engine.vision.decoding.messages import BadMessage, Message
from engine.vision.types import DecodedImage, Pixels

_KINDS = frozenset(get_args(FactKind))
_MOST_FACTS, _LONGEST, _MOST_TROUBLES = 64, 500, 16
_SEALED = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_WRITE


def picture_of(answer: Message, max_pixels: int) -> DecodedImage:
    """A still picture."""
    pixels = pixels_of(answer, max_pixels)
    height, width = pixels.shape[:2]
    words = answer.words
    return DecodedImage(
        pixels,
        name_of(words),
        width=width,
        height=height,
        captured_at=moment_of(words),
        facts=tuple(map(_fact, _list(words.get("facts"), _MOST_FACTS))),
    )


def pixels_of(answer: Message, max_pixels: int) -> Pixels:
    """The pixels in the file that came with an answer, mapped, not copied; the answer's file is closed.

    They must be sealed: a file that shrinks under its reader would be the end of the reader.
    """
    width, height = number_of(answer.words, "width", 1, 1 << 31), number_of(answer.words, "height", 1, 1 << 31)
    size = width * height * 3
    try:
        if answer.file is None or width * height > max_pixels:
            raise BadMessage("no pixels, or more than were allowed")
        seals = fcntl.fcntl(answer.file, fcntl.F_GET_SEALS)
        if seals & _SEALED != _SEALED or os.fstat(answer.file).st_size != size:
            raise BadMessage("the pixels are not sealed, or of another number than was said")
        mapped = mmap.mmap(answer.file, size, access=mmap.ACCESS_COPY)
    except OSError as error:
        raise BadMessage("the pixels cannot be read") from error
    finally:
        answer.close()
    return np.frombuffer(mapped, np.uint8).reshape(height, width, 3)


def name_of(words: dict[str, Any]) -> str:
    """The name of a format."""
    name = words.get("format")
    if not isinstance(name, str) or not 1 <= len(name) <= 20 or not name.isascii() or not name.isprintable():
        raise BadMessage("no format")
    return name


def number_of(words: dict[str, Any], key: str, low: int, high: int) -> int:
    """A whole number within bounds."""
    number = words.get(key)
    if not isinstance(number, int) or isinstance(number, bool) or not low <= number <= high:
        raise BadMessage(f"no {key}")
    return number


def moment_of(words: dict[str, Any]) -> datetime | None:
    """When the file says it was made, in UTC."""
    said = words.get("captured_at")
    if said is None:
        return None
    try:
        return datetime.fromisoformat(str(said)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadMessage("no moment") from error


def troubles_of(words: dict[str, Any]) -> list[str]:
    """What could not be read of a video."""
    return [_text(trouble) for trouble in _list(words.get("troubles"), _MOST_TROUBLES)]


def _fact(said: Any) -> Fact:
    parts = _list(said, 4)
    if len(parts) != 4 or parts[0] not in _KINDS:
        raise BadMessage("no fact")
    kind, label, value, path = parts
    return Fact(kind, _text(label), _text(value), _text(path))


def _list(said: Any, most: int) -> list[Any]:
    if not isinstance(said, list) or len(said) > most:
        raise BadMessage("no list")
    return said


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise BadMessage("no text")
    return clean(said[:_LONGEST])
