"""One pass through a film with FFmpeg (PyAV): open it, jump, decode, and go on after damage."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.error import EOFError as EndOfFile
from av.error import FFmpegError
from av.video.stream import VideoStream

from engine.vision import capture_time
from engine.vision.errors import UnreadableMedia
from engine.vision.guarded_file import GuardedFile

# FFmpeg's reader for each format by content. It is named, never guessed: some of its readers open further files.
_READERS = {
    "MP4": "mov",
    "MOV": "mov",
    "Matroska": "matroska",
    "AVI": "avi",
    "ASF": "asf",
    "FLV": "flv",
    "MPEG-PS": "mpeg",
    "MPEG": "mpegvideo",
    "MPEG-TS": "mpegts",
    "Ogg": "ogg",
}
_READ_BYTES = 1 << 18
# A file that gives nothing but errors so many times in a row has nothing more to give.
_MOST_ERRORS = 100


class FilmPass:
    """A film from a time on; iterating gives its frames in order, and None for whatever could not be decoded."""

    def __init__(
        self, file: GuardedFile, format_name: str, *, max_pixels: int, threads: int, start_ms: int = 0
    ) -> None:
        """Open the film and jump to the last key frame before `start_ms`; raises UnreadableMedia.

        A frame beyond `max_pixels` counts as one that cannot be decoded; no room is made for it.
        """
        self._file = file
        self._container = _opened(file, format_name, max_pixels)
        self.stream = _main_stream(self._container)
        self.videos = len(self._container.streams.video)
        decoder = self.stream.codec_context
        decoder.thread_count = threads
        decoder.flags |= Flags.output_corrupt
        decoder.options = {"max_pixels": str(max_pixels)}
        if start_ms:
            self._jump(start_ms)

    @property
    def duration_ms(self) -> int | None:
        """How long the film says it is."""
        if self.stream.duration and self.stream.time_base:
            return round(self.stream.duration * self.stream.time_base * 1000)
        return round(self._container.duration / av.time_base * 1000) if self._container.duration else None

    @property
    def captured_at(self) -> datetime | None:
        """When the film says it was made."""
        return capture_time.of_film({**self.stream.metadata, **self._container.metadata})

    def seconds_of(self, frame: av.VideoFrame) -> float | None:
        """When the film says a frame is shown, from its first one on."""
        if frame.pts is None or self.stream.time_base is None:
            return None
        return float((frame.pts - (self.stream.start_time or 0)) * self.stream.time_base)

    def close(self) -> None:
        """Let go of the decoder; the file stays open."""
        self._container.close()

    def __iter__(self) -> Iterator[av.VideoFrame | None]:
        """Each frame once; raises what went wrong in the file object itself."""
        for packet in self._packets():
            if packet is None:
                yield None
                continue
            try:
                frames = packet.decode()
            except EndOfFile:
                return
            except (FFmpegError, ValueError, MemoryError):
                yield None
                continue
            finally:
                self._file.check()
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    if frame.is_corrupt:
                        yield None
                    yield frame

    def _packets(self) -> "Iterator[av.Packet[Any] | None]":
        packets = self._container.demux(self.stream)
        for _ in range(_MOST_ERRORS):
            try:
                yield from packets
            except (FFmpegError, ValueError, MemoryError):
                self._file.check()
                yield None
                packets = self._container.demux(self.stream)
            else:
                self._file.check()
                return

    def _jump(self, start_ms: int) -> None:
        """Jump where the film can; where it cannot, it goes on from its beginning."""
        time_base = self.stream.time_base
        if time_base is None:
            return
        place = round(start_ms / 1000 / time_base) + (self.stream.start_time or 0)
        try:
            self._container.seek(place, stream=self.stream)
        except FFmpegError:
            self._file.check()


def _opened(file: GuardedFile, format_name: str, max_pixels: int) -> InputContainer:
    file.seek(0)
    try:
        container = av.open(
            file,
            "r",
            format=_READERS[format_name],
            options={"protocol_whitelist": "", "max_pixels": str(max_pixels)},
            io_open=_refuse,
            buffer_size=_READ_BYTES,
            metadata_errors="replace",
        )
    except (FFmpegError, ValueError, MemoryError) as error:
        file.check()
        raise UnreadableMedia(f"damaged or cut off {format_name}: it cannot be opened as a video") from error
    file.check()
    if not container.streams.video:
        container.close()
        raise UnreadableMedia(f"{format_name} without any pictures in it")
    return container


def _main_stream(container: InputContainer) -> VideoStream:
    best = container.streams.best("video")
    return best if isinstance(best, VideoStream) else container.streams.video[0]


def _refuse(*_: object) -> None:
    raise PermissionError("a video may not open other files")
