"""One file on the disk: what may be taken in, and a referral made of a single picture or video."""

import stat
from pathlib import Path

from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput, kind_of, printable
from engine.formats.sniff import HEAD_BYTES

#: How archives begin, by name. Their pictures would go unseen if the archive were stored as one unreadable file.
_ARCHIVES = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
)
_TAR_MAGIC_AT = 257


def read_file(path: Path, max_bytes: int | None = None) -> IncomingReferral | RefusedInput:
    """A referral of one file, or why it is refused."""
    file = examine(path, path.name, max_bytes)
    if isinstance(file, RefusedInput):
        return RefusedInput(printable(path), file.reason)
    return IncomingReferral(printable(path), (file,))


def examine(path: Path, name: str, max_bytes: int | None = None) -> IncomingFile | RefusedInput:
    """A file as a part of a report under a name, or why it is refused; what it holds may still prove unreadable."""
    name = printable(name)
    try:
        status = path.lstat()
        reason = _not_a_plain_file(status.st_mode) or _too_large(status.st_size, max_bytes)
        if reason is not None:
            return RefusedInput(name, reason)
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        return RefusedInput(name, f"it cannot be read: {error.strerror}")
    archive = _archive(head)
    if archive is not None:
        return RefusedInput(
            name, f"it is a {archive} archive, which is not supported yet; unpack it and name its folder"
        )
    return IncomingFile(name, kind_of(head), path=path)


def _not_a_plain_file(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return "it is a symbolic link; name the file or folder that it points to"
    return "it is neither a file nor a folder"


def _too_large(size: int, max_bytes: int | None) -> str | None:
    if max_bytes is None or size <= max_bytes:
        return None
    return f"it has {size:,} bytes; the setting intake.max_file_bytes allows {max_bytes:,}"


def _archive(head: bytes) -> str | None:
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return "tar"
    return next((name for start, name in _ARCHIVES if head.startswith(start)), None)
