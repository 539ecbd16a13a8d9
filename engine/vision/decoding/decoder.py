"""Decodes stills and videos in processes apart, which are kept for the next file and replaced when one ends."""

import io
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from engine.vision.decoding.answers import picture_of
from engine.vision.decoding.distant_video import DistantVideo
from engine.vision.decoding.messages import BadMessage
from engine.vision.decoding.process import PROGRAM, DecoderProcess, Limits
from engine.vision.errors import UnreadableMedia
from engine.vision.types import DecodedImage
from engine.vision.video_types import Video

# A process that is replaced now and then cannot grow without end, whatever a library leaks.
_FILES_PER_PROCESS = 1000


class Decoder:
    """Stills and videos for one process, from any of its threads; each file has a decoder for itself meanwhile.

    A file that ends its decoder, or asks too much of it, is refused like any other that cannot be read.
    """

    def __init__(self, limits: Limits, program: str = PROGRAM) -> None:
        """Nothing is started yet. `program`: the module that is run, for tests of what a decoder can do wrong."""
        self.limits = limits
        self._program = program
        self._idle: list[DecoderProcess] = []
        self._lock = threading.Lock()
        self._finalizer = weakref.finalize(self, _end_all, self._idle)

    def start(self) -> None:
        """Start a decoder now, so that the first file does not wait for it; a second time does nothing."""
        self._put_back(self._take())

    def still(self, data: bytes) -> DecodedImage:
        """Decode a still picture, or the first of several in a file; raises UnreadableMedia and DecoderLost."""
        picture = self._still(data, unless_moving=False)
        if picture is None:
            raise UnreadableMedia("its decoder gave an answer that cannot be true")
        return picture

    def still_unless_moving(self, data: bytes) -> DecodedImage | None:
        """As `still`, but of an animated picture, which is a video, nothing is decoded: None."""
        return self._still(data, unless_moving=True)

    def video(self, file: BinaryIO) -> Video:
        """Open a film or an animated picture in a seekable file; close it to let its decoder go.

        Raises UnreadableMedia where no picture of it can be shown, DecoderLost, and what goes wrong in the file.
        """
        process = self._take()
        size = file.seek(0, io.SEEK_END)
        try:
            return DistantVideo(process, file, size, self.limits.max_pixels, put_back=self._put_back)
        except BaseException:
            self._put_back(process)
            raise

    def close(self) -> None:
        """End the decoders that are at rest."""
        with self._lock:
            _end_all(self._idle)

    def processes(self) -> list[int]:
        """The decoders that are at rest, by their process ids."""
        return [process.pid for process in self._idle]

    def _still(self, data: bytes, *, unless_moving: bool) -> DecodedImage | None:
        with self._process() as process:
            answer = process.ask({"ask": "still", "unless_moving": unless_moving}, data, pixels=True)
            try:
                if unless_moving and answer.words.get("moving") is True:
                    answer.close()
                    return None
                return picture_of(answer, self.limits.max_pixels)
            except BadMessage as error:
                process.end()
                raise UnreadableMedia("its decoder gave an answer that cannot be true") from error

    @contextmanager
    def _process(self) -> Iterator[DecoderProcess]:
        process = self._take()
        try:
            yield process
        finally:
            self._put_back(process)

    def _take(self) -> DecoderProcess:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.alive:
                    return process
                process.end()
        return DecoderProcess(self.limits, self._program)

    def _put_back(self, process: DecoderProcess) -> None:
        process.files += 1
        if not process.alive:
            return
        if process.files > _FILES_PER_PROCESS:
            process.end()
            return
        with self._lock:
            self._idle.append(process)


def _end_all(processes: list[DecoderProcess]) -> None:
    while processes:
        processes.pop().end()
