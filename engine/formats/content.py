"""Bytes that can be read from anywhere, by several threads at once: a file of the disk, or a private spool.

Both are closed when the last reader lets go of them, so a file of an archive can be read as long as anybody holds it.
"""

import io
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 16
_CHUNK = 1 << 20
_BUFFER = 1 << 17


class Content(Protocol):
    """Bytes of a known number."""

    size: int

    def read_at(self, offset: int, count: int) -> bytes:
        """Up to so many bytes from an offset on; none at the end."""


class DiskFile:
    """A file of the disk, followed through no link; raises OSError where it cannot be opened."""

    def __init__(self, path: Path) -> None:
        """Open it."""
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        self.size = os.fstat(self._descriptor).st_size

    def read_at(self, offset: int, count: int) -> bytes:
        """Up to so many bytes from an offset on; none at the end."""
        return os.pread(self._descriptor, count, offset)

    def __del__(self) -> None:
        """Close it."""
        with suppress(AttributeError, OSError):
            os.close(self._descriptor)


class Spool:
    """Bytes put aside on the disk: in a file without a name, under a key that only this process ever has.

    Whatever ends the process, nothing readable is left: AES-256-CTR (NIST SP 800-38A) with a random key, used once.
    """

    def __init__(self, folder: Path) -> None:
        """Make the file in a folder; raises OSError where that cannot be done."""
        self._descriptor, name = tempfile.mkstemp(prefix=".spool-", dir=folder)
        os.unlink(name)  # noqa: PTH108 (a name that mkstemp gave)
        self._key = AES(os.urandom(32))
        self._encryptor = self._cipher(0).encryptor()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add bytes at the end; raises OSError where the disk is full."""
        sealed = memoryview(self._encryptor.update(data))
        while sealed:
            sealed = sealed[os.write(self._descriptor, sealed) :]
        self.size += len(data)

    def read_at(self, offset: int, count: int) -> bytes:
        """Up to so many bytes from an offset on; none at the end."""
        number, skipped = divmod(offset, _BLOCK)
        sealed = os.pread(self._descriptor, count + skipped, number * _BLOCK)
        return self._cipher(number).decryptor().update(sealed)[skipped:]

    def _cipher(self, block: int) -> Cipher[CTR]:
        return Cipher(self._key, CTR(block.to_bytes(_BLOCK, "big")))

    def __del__(self) -> None:
        """Let the file go."""
        with suppress(AttributeError, OSError):
            os.close(self._descriptor)


class _Window(io.RawIOBase):
    """A stretch of a content as a file."""

    def __init__(self, content: Content, start: int, length: int) -> None:
        super().__init__()
        self._content, self._start, self._length, self._position = content, start, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        if position < 0:
            raise ValueError("there is nothing before the beginning of a file")
        self._position = position
        return position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        wanted = max(0, min(len(target), self._length - self._position))
        some = self._content.read_at(self._start + self._position, wanted) if wanted else b""
        target[: len(some)] = some
        self._position += len(some)
        return len(some)


def as_file(content: Content, start: int = 0, length: int | None = None) -> BinaryIO:
    """A content, or a stretch of it, as a file that can be jumped in."""
    return io.BufferedReader(_Window(content, start, content.size - start if length is None else length), _BUFFER)


def spooled(source: BinaryIO, folder: Path, most: int) -> Spool | None:
    """What is left of a stream, put aside; none where it is more than `most` bytes. Raises OSError."""
    spool = Spool(folder)
    while chunk := source.read(_CHUNK):
        if spool.size + len(chunk) > most:
            return None
        spool.write(chunk)
    return spool
