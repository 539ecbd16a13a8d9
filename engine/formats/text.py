"""Text out of reports, as any database holds it: no zero characters, no halves of characters."""

import os
from pathlib import Path

#: Unicode's marks at the start of a file and the encodings they stand for.
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def printable(path: str | Path) -> str:
    """A path as text that any database holds: bytes of the name that are no UTF-8 appear as \\xNN."""
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:
        name = str(path).encode("utf-8", "backslashreplace")
    return clean(name.decode("utf-8", "backslashreplace"))


def clean(text: str) -> str:
    """A text without zero characters; halves of surrogate pairs become U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "")


def decoded(data: bytes) -> str:
    """The text of bytes in the encoding that they announce, else UTF-8, else Latin-1 as most old programs write."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return clean(data.decode(encoding, "replace"))
    try:
        return clean(data.decode("utf-8"))
    except UnicodeDecodeError:
        return clean(data.decode("latin-1"))
