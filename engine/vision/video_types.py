"""Videos as vision sees them: frames with their times, one after the other, never more than a few in memory.

What holds them is a film, which FFmpeg reads, or an animated picture, which Pillow reads.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.vision.types import Pixels

GLANCE = (64, 36)
"""Width and height, in pixels, of the small grey picture by which frames are compared."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its time in milliseconds, and what it shows as cheaply as that can be had.

    glance: uint8 [36, 64], grey, not upright where the video has to be turned. picture: gives the upright RGB pixels,
    for certain until the next frame is taken.
    """

    time_ms: int
    glance: NDArray[np.uint8]
    picture: Callable[[], Pixels]


class Video(Protocol):
    """An open video.

    format: the container's name, such as "MP4". width, height: of an upright frame in pixels. duration_ms: how long the
    file says it lasts, captured_at when it says it was made, in UTC, where it does.
    """

    format: str
    width: int
    height: int
    duration_ms: int | None
    captured_at: datetime | None

    @property
    def troubles(self) -> list[str]:
        """What could not be read so far, and what is not looked at at all."""

    def frames(self, start_ms: int = 0) -> Iterator[Frame]:
        """The frames from a time on, in order; damaged ones are left out and named in `troubles`."""

    def close(self) -> None:
        """Let go of the decoder; the file stays open."""


def clock_face(time_ms: int) -> str:
    """A time in a video as people read it: 1:05 or 2:00:09."""
    minutes, seconds = divmod(time_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
