"""A file in the hands of a C library, which may swallow what goes wrong in it."""

import io
from typing import BinaryIO


class GuardedFile(io.RawIOBase):
    """A readable, seekable file that remembers an error of its own, so that it is not taken for damage in the content.

    PyAV calls it from C: an exception that is no Exception (a stop signal) would be lost there, and any other may be.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._failure: BaseException | None = None

    def check(self) -> None:
        """Raise what went wrong in the file since it was opened, if anything did."""
        if self._failure is not None:
            raise self._failure

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """As the file's own; where that fails the file seems to end, and `check` tells why."""
        try:
            return self._file.read(size)
        except BaseException as failure:  # noqa: BLE001 - a stop signal is passed on too, once C is left behind
            self._failure = failure
            return b""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As the file's own."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The position."""
        return self._file.tell()
