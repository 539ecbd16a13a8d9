"""Reads a file of an archive so that whatever is wrong inside comes out as one kind of error, OSError with a reason."""

import errno
import io
import lzma
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Everything that the standard library's readers of archives raise on damaged or hostile bytes.
DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    OSError,
)


class DamagedArchive(OSError):
    """An archive, or one file of it, that cannot be read; `strerror` says why."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(errno.EIO, reason)


def damage(error: BaseException) -> DamagedArchive:
    """The error that stands for any of DAMAGE."""
    if isinstance(error, DamagedArchive):
        return error
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        return DamagedArchive(error.strerror or "it cannot be read")
    return DamagedArchive("the archive is damaged here, or not in the form it says")


class _Guarded(io.RawIOBase):
    def __init__(self, inner: BinaryIO) -> None:
        super().__init__()
        self._inner = inner

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._inner.seek(offset, whence)
        except DAMAGE as error:
            raise damage(error) from error

    def tell(self) -> int:
        return self._inner.tell()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        target = memoryview(buffer).cast("B")
        try:
            some = self._inner.read(len(target))
        except DAMAGE as error:
            raise damage(error) from error
        target[: len(some)] = some
        return len(some)

    def close(self) -> None:
        self._inner.close()
        super().close()


def guarded(inner: BinaryIO) -> BinaryIO:
    """The same file, of which no read raises anything but OSError."""
    return io.BufferedReader(_Guarded(inner), 1 << 17)
