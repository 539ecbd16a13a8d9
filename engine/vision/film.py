"""Films: MP4, MOV, 3GP, Matroska, WebM, AVI, WMV, MPEG, Ogg and FLV, frame by frame, upright and in order."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import BinaryIO

import av
import numpy as np
from av.sidedata.sidedata import SideData
from av.video.reformatter import VideoReformatter

from engine.vision.errors import UnreadableMedia
from engine.vision.film_pass import FilmPass
from engine.vision.frame_times import FrameTimes
from engine.vision.guarded_file import GuardedFile
from engine.vision.types import Pixels
from engine.vision.video_types import GLANCE, Frame, clock_face

# A film may end so much earlier than its file says, in milliseconds and as a part of it, before it counts as cut off.
_EARLY_MS, _EARLY_PART = 2000, 0.02
# In formats without an index a jump leads to any packet; so long before the place, in milliseconds, lies a key frame.
_WITHOUT_INDEX = frozenset({"MPEG-TS", "MPEG-PS", "MPEG"})
_LEAD_MS = 10_000
# Pixels that are wider or narrower than these (width by height) are taken for a mistake in the file.
_PIXEL_SHAPES = (Fraction(1, 4), Fraction(4))


class Film:
    """A film in a seekable file; where it holds several videos, the one that FFmpeg takes for the main one."""

    def __init__(
        self,
        file: BinaryIO,
        format_name: str,
        *,
        max_pixels: int,
        threads: int = 1,
        progress: Callable[[], None] = lambda: None,
    ) -> None:
        """Open it; raises UnreadableMedia where it holds no picture that can be shown."""
        self.format = format_name
        self._file = GuardedFile(file)
        self._max_pixels = max_pixels
        self._threads = threads
        self._progress = progress
        self._damage: list[int] = []
        self._ended_ms: int | None = None
        self._glances, self._pictures = VideoReformatter(), VideoReformatter()
        self._pass = self._begin(0)
        self._videos = self._pass.videos
        self.duration_ms = self._pass.duration_ms
        self.captured_at = self._pass.captured_at
        size = self._pass.stream.codec_context
        if size.width * size.height > max_pixels:
            raise UnreadableMedia(
                f"{size.width} x {size.height} is more than the limit of {max_pixels} pixels",
                hint="Raise decoding.max_pixels if this machine has the memory for it.",
            )
        first = next((frame for frame in self._pass if frame is not None), None)
        if first is None:
            raise UnreadableMedia(f"damaged {format_name}: none of its frames can be decoded")
        self.height, self.width = self._picture(first).shape[:2]

    @property
    def troubles(self) -> list[str]:
        """What could not be read so far, and what is not looked at, in words."""
        said = []
        if self._videos > 1:
            said.append(f"only the main one of {self._videos} videos in the file was looked at")
        if self._damage:
            first, last = clock_face(self._damage[0]), clock_face(self._damage[-1])
            where = f"at {first}" if first == last else f"in places between {first} and {last}"
            said.append(f"damaged {where}: frames are missing or look wrong")
        if self._ended_ms is not None and self.duration_ms is not None:
            missing = self.duration_ms - self._ended_ms
            if missing > max(_EARLY_MS, _EARLY_PART * self.duration_ms):
                ends, lasts = clock_face(self._ended_ms), clock_face(self.duration_ms)
                said.append(f"its pictures end at {ends}, though it says it lasts {lasts}")
        return said

    def close(self) -> None:
        """Let go of the decoder; the file stays open."""
        self._pass.close()

    def frames(self, start_ms: int = 0) -> Iterator[Frame]:
        """The frames from a time on, in order.

        Where a jump does not lead to a frame of exactly this time, the film's times cannot be trusted for jumps, and
        it is decoded again from its beginning.
        """
        if start_ms > 0:
            after_jump = self._from(start_ms, jump=True)
            first = next(after_jump, None)
            if first is not None and first.time_ms == start_ms:
                yield first
                yield from after_jump
                return
        yield from self._from(start_ms, jump=False)

    def _begin(self, start_ms: int) -> FilmPass:
        return FilmPass(self._file, self.format, max_pixels=self._max_pixels, threads=self._threads, start_ms=start_ms)

    def _from(self, start_ms: int, *, jump: bool) -> Iterator[Frame]:
        self._pass.close()
        lead_ms = _LEAD_MS if self.format in _WITHOUT_INDEX else 0
        self._pass = self._begin(max(0, start_ms - lead_ms) if jump else 0)
        self._damage.clear()
        rate = self._pass.stream.average_rate
        times = FrameTimes(None if rate is None else float(rate))
        time_ms = 0
        for frame in self._pass:
            self._progress()
            if frame is None:
                if time_ms >= start_ms:
                    self._damage.append(time_ms)
                continue
            seconds = self._pass.seconds_of(frame)
            if jump and seconds is None:
                return
            time_ms = times.next(seconds)
            if time_ms >= start_ms:
                yield Frame(time_ms, self._glance(frame), partial(self._picture, frame))
        self._ended_ms = time_ms

    def _glance(self, frame: av.VideoFrame) -> Pixels:
        width, height = GLANCE
        small = self._glances.reformat(frame, width, height, "gray8", interpolation="AREA", threads=self._threads)
        return np.asarray(small.to_ndarray(), np.uint8)

    def _picture(self, frame: av.VideoFrame) -> Pixels:
        width, height = self._square_pixels(frame)
        shown = self._pictures.reformat(frame, width, height, "rgb24", threads=self._threads)
        pixels = np.asarray(shown.to_ndarray(), np.uint8)
        return _upright(pixels, _display_matrix(frame))

    def _square_pixels(self, frame: av.VideoFrame) -> tuple[int, int]:
        """The size at which the frame is not distorted, reached by reducing one side."""
        shape = self._pass.stream.sample_aspect_ratio
        if not shape or shape == 1 or not _PIXEL_SHAPES[0] <= shape <= _PIXEL_SHAPES[1]:
            return frame.width, frame.height
        if shape < 1:
            return max(1, round(frame.width * shape)), frame.height
        return frame.width, max(1, round(frame.height / shape))


def _display_matrix(frame: av.VideoFrame) -> tuple[int, int, int, int]:
    """How the frame is to be turned: x' = a x + c y and y' = b x + d y (ISO/IEC 14496-12, 6.2.2), as a, b, c, d."""
    side = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(side, SideData):
        return 1, 0, 0, 1
    a, b, _, c, d = np.frombuffer(bytes(side), np.int32)[:5].tolist()
    return a, b, c, d


def _upright(pixels: Pixels, matrix: tuple[int, int, int, int]) -> Pixels:
    """Turn and mirror a frame, uint8 [H, W, 3], by the nearest quarters of a display matrix."""
    a, b, c, d = matrix
    if abs(b) + abs(c) > abs(a) + abs(d):
        pixels, flip_x, flip_y = pixels.swapaxes(0, 1), c < 0, b < 0
    else:
        flip_x, flip_y = a < 0, d < 0
    return np.ascontiguousarray(pixels[:: -1 if flip_y else 1, :: -1 if flip_x else 1])
