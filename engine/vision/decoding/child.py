"""The process that decodes: `python -m engine.vision.decoding.child SOCKET PARENT LIMITS`, started by its parent alone.

It imports all that decodes, gives up what it does not need, and then answers one request after the other.
"""

import fcntl
import json
import os
import signal
import socket
import sys
import time
import warnings
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast

import av.logging

from engine.vision.animation import is_animated
from engine.vision.decoding.confinement import confine, end_with_parent
from engine.vision.decoding.messages import Channel, Gone, Message
from engine.vision.decoding.remote_file import RemoteFile
from engine.vision.errors import TooLittleMemory, UnreadableMedia
from engine.vision.media import Still, named_damage, open_still
from engine.vision.types import Pixels
from engine.vision.video import open_video
from engine.vision.video_types import Frame, Video

# The largest request: the bytes of a still picture, as large as decoding.max_bytes can be set.
_MOST = (1 << 32) - 1
# Seconds between two signs that a video is being worked on.
_SIGN_SECONDS = 1.0
_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


class NoRoom(Exception):
    """The machine has no memory left for the pixels, which says nothing about the file."""


class Child:
    """What a decoder answers."""

    def __init__(self, channel: Channel, *, max_pixels: int, threads: int) -> None:
        self._channel = channel
        self._max_pixels = max_pixels
        self._threads = threads
        self._video: Video | None = None
        self._frames: Iterator[Frame] = iter(())
        self._frame: Frame | None = None
        self._signed = 0.0

    def serve(self) -> None:
        """Answer until the parent is gone."""
        while True:
            request = self._channel.receive(_MOST)
            try:
                self._answer(request)
            except UnreadableMedia as error:
                memory = isinstance(error, TooLittleMemory)
                self._channel.send({"refused": error.reason, "hint": error.hint, "memory": memory})
            except MemoryError:
                self._channel.send({"refused": "not enough memory", "hint": "", "memory": True})
            except NoRoom:
                self._channel.send({"no_room": True})
            except Gone:
                raise
            except Exception as error:  # noqa: BLE001 - decoders raise nearly any type of error on hostile bytes
                self._channel.send({"refused": f"damaged: {_line(error)}", "hint": "", "memory": False})

    def _answer(self, request: Message) -> None:
        match request.words:
            case {"ask": "still", "unless_moving": bool(unless_moving)}:
                self._still(request.data, unless_moving=unless_moving)
            case {"ask": "open", "size": int(size)}:
                self._open(size)
            case {"ask": "frames", "start_ms": int(start_ms)} if self._video is not None:
                self._frames = self._video.frames(start_ms)
                self._channel.send({"frames": True})
            case {"ask": "next"} if self._video is not None:
                self._next(self._video)
            case {"ask": "picture"} if self._frame is not None:
                pixels = self._frame.picture()
                self._give({}, pixels.shape[0], pixels.shape[1], [pixels])
            case {"ask": "close"}:
                self._close()
                self._channel.send({"closed": True})
            case _:
                raise UnreadableMedia("the decoder was asked for something that it does not know")

    def _still(self, data: bytes, *, unless_moving: bool) -> None:
        if unless_moving and is_animated(data):
            self._channel.send({"moving": True})
            return
        still = open_still(data, max_pixels=self._max_pixels)
        facts = [[fact.kind, fact.label, fact.value, fact.path] for fact in still.facts]
        about = {"format": still.format, "captured_at": _moment(still.captured_at), "facts": facts}
        self._give(about, still.height, still.width, _whole_strips(still, data))

    def _open(self, size: int) -> None:
        self._close()
        video = open_video(
            cast(BinaryIO, RemoteFile(self._channel, size)),
            max_pixels=self._max_pixels,
            threads=self._threads,
            progress=self._sign,
        )
        self._video = video
        about = {
            "format": video.format,
            "width": video.width,
            "height": video.height,
            "duration_ms": video.duration_ms,
            "captured_at": _moment(video.captured_at),
            "troubles": video.troubles,
        }
        self._channel.send(about)

    def _next(self, video: Video) -> None:
        self._frame = next(self._frames, None)
        said: dict[str, Any] = {"troubles": video.troubles}
        if self._frame is None:
            self._channel.send(said | {"end": True})
        else:
            self._channel.send(said | {"time_ms": self._frame.time_ms}, self._frame.glance.tobytes())

    def _close(self) -> None:
        if self._video is not None:
            self._video.close()
        self._video, self._frame, self._frames = None, None, iter(())

    def _sign(self) -> None:
        """Tell the parent now and again that a long way to a frame is being made."""
        if time.monotonic() - self._signed > _SIGN_SECONDS:
            self._signed = time.monotonic()
            self._channel.send({"alive": True})

    def _give(self, about: dict[str, Any], height: int, width: int, strips: Iterable[Pixels]) -> None:
        """Send pixels as a file in memory that nobody can change any more."""
        file = os.memfd_create("pixels", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            _reserve(file, height * width * 3)
            place = 0
            for strip in strips:
                place += _written(file, strip.tobytes(), place)
            fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
            self._channel.send({**about, "width": width, "height": height}, file=file)
        finally:
            os.close(file)


def _reserve(file: int, size: int) -> None:
    """Take the memory now, so that there is an error where there is none, and no signal in the middle of writing."""
    try:
        os.posix_fallocate(file, 0, size)
    except OSError as error:
        raise NoRoom from error


def _written(file: int, data: bytes, place: int) -> int:
    view, done = memoryview(data), 0
    while done < len(view):
        done += os.pwrite(file, view[done:], place + done)
    return done


def _whole_strips(still: Still, data: bytes) -> Iterator[Pixels]:
    with named_damage(still.format, data):
        yield from still.strips()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def main() -> None:
    """Serve the parent at the other end of the socket."""
    descriptor, parent, limits = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    av.logging.set_level(None)
    channel = Channel(socket.socket(fileno=descriptor))
    _rehearse(limits["max_pixels"])
    confined = confine(memory=limits["memory"], largest_file=3 * limits["max_pixels"])
    channel.send({"ready": True, "confined": confined})
    child = Child(channel, max_pixels=limits["max_pixels"], threads=limits["threads"])
    try:
        child.serve()
    except Gone:
        return


def _rehearse(max_pixels: int) -> None:
    """Decode a dot, so that what is imported at the first picture is there before files can be read no more."""
    dot = b"P6 1 1 255\n\x00\x00\x00"
    open_still(dot, max_pixels=max_pixels)
    is_animated(dot)


if __name__ == "__main__":
    main()
