"""What comes as a stream: whether it is a bundle itself or a list of paths, told by how it begins."""

from typing import BinaryIO

from engine.formats.incoming import kind_of
from engine.formats.looking import form_of
from engine.formats.manifest import is_manifest_head


class Chained:
    """A stream of which the beginning was read already, whole again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        """Keep both."""
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        """Up to so many bytes; fewer only at the end, or where the beginning ends."""
        if self._head:
            some = self._head if size < 0 else self._head[:size]
            self._head = self._head[len(some) :]
            return some + self._rest.read() if size < 0 else some
        return self._rest.read(size)


def is_bundle(head: bytes) -> bool:
    """Whether these first bytes open a picture, a video, an archive, a report or a manifest."""
    return kind_of(head) != "unknown" or form_of(head) is not None or is_manifest_head(head)
