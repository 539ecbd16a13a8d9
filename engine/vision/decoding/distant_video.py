"""A video whose frames are decoded in another process, as vision sees any video."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO

import numpy as np

from engine.vision.decoding.answers import moment_of, name_of, number_of, pixels_of, troubles_of
from engine.vision.decoding.messages import BadMessage, Message
from engine.vision.decoding.process import DecoderProcess
from engine.vision.errors import UnreadableMedia
from engine.vision.types import Pixels
from engine.vision.video_types import GLANCE, Frame, clock_face

_LONGEST_MS = 1 << 53
_LONGEST_SIDE = 1 << 20


class DistantVideo:
    """An open video with a decoder of its own; a frame's picture can be had until the next frame is."""

    def __init__(
        self,
        process: DecoderProcess,
        file: BinaryIO,
        size: int,
        max_pixels: int,
        put_back: Callable[[DecoderProcess], None],
    ) -> None:
        """Open it; raises UnreadableMedia as `open_video`, and where it is the end of its decoder."""
        self._process = process
        self._file = file
        self._max_pixels = max_pixels
        self._put_back = put_back
        self._closed = False
        self._turn = 0
        self._ended_by: str | None = None
        words = process.ask({"ask": "open", "size": size}, file=file).words
        try:
            self.format = name_of(words)
            self.width = number_of(words, "width", 1, _LONGEST_SIDE)
            self.height = number_of(words, "height", 1, _LONGEST_SIDE)
            duration = words.get("duration_ms")
            # A film may say anything of its length, also less than nothing.
            self.duration_ms = None if duration is None else number_of(words, "duration_ms", -_LONGEST_MS, _LONGEST_MS)
            self.captured_at = moment_of(words)
            self._troubles = troubles_of(words)
        except BadMessage as error:
            process.end()
            raise UnreadableMedia("its decoder gave an answer that cannot be true") from error

    @property
    def troubles(self) -> list[str]:
        """What could not be read so far, and what is not looked at at all."""
        return [*self._troubles, *([] if self._ended_by is None else [self._ended_by])]

    def frames(self, start_ms: int = 0) -> Iterator[Frame]:
        """The frames from a time on, in order; where the file is the end of its decoder, they end too."""
        time_ms = start_ms
        try:
            self._ask({"ask": "frames", "start_ms": start_ms})
            while self._ended_by is None:
                answer = self._ask({"ask": "next"})
                self._troubles = troubles_of(answer.words)
                if answer.words.get("end") is True:
                    return
                time_ms = number_of(answer.words, "time_ms", 0, _LONGEST_MS)
                self._turn += 1
                yield Frame(time_ms, _glance(answer), partial(self._picture, self._turn, time_ms))
        except (UnreadableMedia, BadMessage) as error:
            self._end(error, time_ms)

    def close(self) -> None:
        """Let the decoder go; the file stays open."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._process.alive:
                self._ask({"ask": "close"})
        except UnreadableMedia:
            pass  # The decoder is over, which is what was wanted.
        finally:
            self._put_back(self._process)

    def _picture(self, turn: int, time_ms: int) -> Pixels:
        if turn != self._turn:
            raise RuntimeError("the video has gone on to another frame")
        try:
            return pixels_of(self._ask({"ask": "picture"}, pixels=True), self._max_pixels)
        except BadMessage as error:
            self._end(error, time_ms)
            raise UnreadableMedia("its decoder gave an answer that cannot be true") from error
        except UnreadableMedia as error:
            if not self._process.alive:
                self._end(error, time_ms)
            raise

    def _ask(self, words: dict[str, object], *, pixels: bool = False) -> Message:
        return self._process.ask(words, file=self._file, pixels=pixels)

    def _end(self, error: UnreadableMedia | BadMessage, time_ms: int) -> None:
        reason = error.reason if isinstance(error, UnreadableMedia) else "its decoder gave an impossible answer"
        self._process.end()
        self._ended_by = f"{reason} at {clock_face(time_ms)}; what follows cannot be read"


def _glance(answer: Message) -> Pixels:
    width, height = GLANCE
    if len(answer.data) != width * height:
        raise BadMessage("no glance")
    return np.frombuffer(answer.data, np.uint8).reshape(height, width)
