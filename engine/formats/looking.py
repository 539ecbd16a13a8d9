"""What a file of a report is, by its first bytes alone: a picture, an archive, a document that may be the report."""

import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

from engine.formats.content import DiskFile, as_file
from engine.formats.incoming import FileKind, IncomingFile, RefusedInput, kind_of
from engine.formats.limits import Limits
from engine.formats.sniff import HEAD_BYTES
from engine.formats.text import printable

#: Archives by how they begin. What is not opened is refused: its pictures would go unseen as one unreadable file.
Archive = Literal["ZIP", "tar", "gzip", "bzip2", "xz", "7z", "RAR", "Zstandard"]
Document = Literal["PDF", "XML", "JSON"]

_ARCHIVES: tuple[tuple[bytes, Archive], ...] = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
)
_TAR_MAGIC_AT = 257
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a report that may be taken in: its name there, its size in bytes and what it is."""

    name: str
    size: int
    kind: FileKind
    form: Archive | Document | None
    path: Path | None = None
    opener: Callable[[], BinaryIO] | None = field(default=None, repr=False)

    @property
    def base(self) -> str:
        """The name without its folders."""
        return self.name.rpartition("/")[2]

    def open(self) -> BinaryIO:
        """The content, from its start; raises OSError where it cannot be read."""
        return self.incoming().open()

    def incoming(self) -> IncomingFile:
        """The file as a part of a referral."""
        return IncomingFile(self.name, self.kind, path=self.path, opener=self.opener)


def look_at(name: str, size: int, opener: Callable[[], BinaryIO], limits: Limits) -> Member | RefusedInput:
    """A file that `opener` opens, or why it is refused."""
    if size > limits.file_bytes:
        return RefusedInput(name, _too_large(size, limits))
    try:
        with opener() as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        return RefusedInput(name, f"it cannot be read: {error.strerror or error}")
    return Member(name, size, kind_of(head), form_of(head), opener=opener)


def look_at_path(path: Path, name: str, limits: Limits) -> Member | RefusedInput:
    """A file of the disk under a name, or why it is refused; links are not followed."""
    try:
        status = path.lstat()
        reason = _not_a_plain_file(status.st_mode)
        if reason is None and status.st_size > limits.file_bytes:
            reason = _too_large(status.st_size, limits)
        if reason is not None:
            return RefusedInput(printable(name), reason)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        return RefusedInput(printable(name), f"it cannot be read: {error.strerror}")
    return Member(printable(name), status.st_size, kind_of(head), form_of(head), path, partial(_open, path))


def form_of(head: bytes) -> Archive | Document | None:
    """The archive or document that these first bytes open; what opens a picture or a video is neither."""
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return "tar"
    for start, name in _ARCHIVES:
        if head.startswith(start):
            return name
    if b"%PDF-" in head:
        return "PDF"
    # Marks of an encoding, and the zeros between the letters of UTF-16.
    text = head.replace(b"\0", b"")
    for mark in _MARKS:
        text = text.removeprefix(mark)
    text = text.lstrip()
    if text[:1] == b"<" and (text[1:2].isalpha() or text[1:2] in (b"?", b"!")):
        return "XML"
    return "JSON" if text[:1] in (b"{", b"[") else None


def _open(path: Path) -> BinaryIO:
    return as_file(DiskFile(path))


def _not_a_plain_file(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return "it is a symbolic link; name the file or folder that it points to"
    return "it is neither a file nor a folder"


def _too_large(size: int, limits: Limits) -> str:
    return f"it has {size:,} bytes; the setting intake.max_file_bytes allows {limits.file_bytes:,}"
