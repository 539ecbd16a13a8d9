"""An object of the vault as a file that can be read from anywhere, of which one chunk at a time is in memory."""

import io
from typing import TYPE_CHECKING, BinaryIO

from engine.records.custody import container

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class PlainFile(io.RawIOBase):
    """The plain bytes of a sealed object; whoever reads a place that was altered gets a VaultError."""

    def __init__(self, sealed: BinaryIO, size: int, key: bytes, address: str) -> None:
        """sealed: the container, which is closed with this file. size: of the plain content in bytes."""
        super().__init__()
        self._sealed = sealed
        self._size = size
        self._key = key
        self._address = address
        self._position = 0
        self._number = -1
        self._chunk = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position, which may lie behind the end; raises ValueError for one before the beginning."""
        position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if position < 0:
            raise ValueError("there is nothing before the beginning of a file")
        self._position = position
        return position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill a buffer from the position on, with no more than lies in one chunk; gives the number of bytes."""
        left = self._size - self._position
        if left <= 0:
            return 0
        number, start = divmod(self._position, container.CHUNK)
        self._load(number)
        target = memoryview(buffer).cast("B")
        some = self._chunk[start : start + len(target)]
        target[: len(some)] = some
        self._position += len(some)
        return len(some)

    def close(self) -> None:
        """Let go of the sealed file."""
        self._sealed.close()
        super().close()

    def _load(self, number: int) -> None:
        if number != self._number:
            last = number == max(0, self._size - 1) // container.CHUNK
            self._chunk = container.unseal_one(self._sealed, self._key, self._address, number, last=last)
            self._number = number
