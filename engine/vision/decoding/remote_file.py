"""A file that lies with the parent, as a decoder reads it: piece by piece, so that no video is ever held as a whole."""

import io

from engine.vision.decoding.messages import Channel

PIECE = 1 << 20
"""The most bytes that are asked for at once."""


class RemoteFile(io.RawIOBase):
    """A readable, seekable file of a known size at the other end of a channel."""

    def __init__(self, channel: Channel, size: int) -> None:
        super().__init__()
        self._channel = channel
        self._size = size
        self._place = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; raises ValueError for a place before the beginning."""
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if place < 0:
            raise ValueError("there is nothing before the beginning of a file")
        self._place = place
        return place

    def read(self, size: int = -1) -> bytes:
        """As of any file."""
        left = max(0, self._size - self._place)
        wanted = left if size < 0 else min(size, left)
        pieces = []
        while wanted:
            self._channel.send({"read": [self._place, min(wanted, PIECE)]})
            piece = self._channel.receive(PIECE).data
            if not piece:
                break
            pieces.append(piece)
            self._place += len(piece)
            wanted -= len(piece)
        return b"".join(pieces)
