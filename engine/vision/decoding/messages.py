"""The words between a decoder and its parent: JSON, then bytes, each with its length before it; pixels as a file.

A message: two big-endian uint32, the lengths of a UTF-8 JSON object and of the bytes that follow it. A file descriptor
may come with it (unix(7), SCM_RIGHTS).
"""

import json
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_LENGTHS = struct.Struct(">II")
MOST_WORDS = 1 << 20
"""Bytes that the JSON of a message may have."""


class BadMessage(Exception):
    """What came is no message, or one beyond what is taken."""


class Gone(Exception):
    """The other side has ended."""


@dataclass(slots=True)
class Message:
    """Words, the bytes that came with them, and a file; whoever does not take the file closes it."""

    words: dict[str, Any]
    data: bytes = b""
    file: int | None = field(default=None)

    def close(self) -> None:
        """Close the file, where one came and nobody took it."""
        if self.file is not None:
            os.close(self.file)
            self.file = None


class Channel:
    """One end of the connection."""

    def __init__(self, connection: socket.socket, wait: Callable[[], None] = lambda: None) -> None:
        """`wait` is called before anything is read, and may raise instead of returning."""
        self._connection = connection
        self._wait = wait

    def send(self, words: dict[str, Any], data: bytes = b"", file: int | None = None) -> None:
        """Send a message; raises Gone, and TimeoutError where the connection has a time limit."""
        text = json.dumps(words).encode()
        head = _LENGTHS.pack(len(text), len(data)) + text
        try:
            if file is not None:
                sent = socket.send_fds(self._connection, [head], [file])
                self._connection.sendall(head[sent:])
            else:
                self._connection.sendall(head)
            if data:
                self._connection.sendall(data)
        except (BrokenPipeError, ConnectionError) as error:
            raise Gone from error

    def receive(self, most: int) -> Message:
        """The next message with at most so many bytes; raises Gone, BadMessage and what `wait` raises."""
        message = Message({})
        try:
            head = self._start(message)
            words, data = _LENGTHS.unpack(head)
            if words > MOST_WORDS or data > most:
                raise BadMessage(f"{words} and {data} bytes are announced")
            message.words = _words(self._exactly(words))
            message.data = self._exactly(data)
        except BaseException:
            message.close()
            raise
        return message

    def _start(self, message: Message) -> bytes:
        self._wait()
        try:
            head, files, _, _ = socket.recv_fds(self._connection, _LENGTHS.size, 1)
        except ConnectionError as error:
            raise Gone from error
        if files:
            message.file = files[0]
        if not head:
            raise Gone
        return head + self._exactly(_LENGTHS.size - len(head))

    def _exactly(self, size: int) -> bytes:
        taken = bytearray(size)
        view = memoryview(taken)
        while len(view):
            self._wait()
            try:
                count = self._connection.recv_into(view)
            except ConnectionError as error:
                raise Gone from error
            if not count:
                raise Gone
            view = view[count:]
        return bytes(taken)


def _words(text: bytes) -> dict[str, Any]:
    try:
        words = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage("it is no JSON") from error
    if not isinstance(words, dict):
        raise BadMessage("it is no JSON object")
    return words
