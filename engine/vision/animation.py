"""Animated pictures (GIF, WebP, PNG, AVIF) as videos, decoded by Pillow one frame after the other."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import BinaryIO, cast

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile

from engine.formats.sniff import HEAD_BYTES, identify
from engine.vision import capture_time
from engine.vision.errors import UnreadableMedia
from engine.vision.frame_times import FrameTimes
from engine.vision.guarded_file import GuardedFile
from engine.vision.media import open_picture, to_rgb
from engine.vision.types import Pixels
from engine.vision.video_types import GLANCE, Frame, clock_face

# What can move. Several pictures in a TIFF or HEIF are pages, not moments.
_FORMATS = frozenset({"GIF", "WEBP", "PNG", "AVIF"})
# Browsers show frames that claim to last less than 20 ms for 100 ms.
_LEAST_MS, _USUAL_MS = 20, 100


def is_animated(data: bytes) -> bool:
    """Whether a picture file holds more than one moment; a file too damaged to tell does not."""
    signature = identify(data[:HEAD_BYTES])
    if signature is None or signature.format not in _FORMATS:
        return False
    try:
        # Nothing is decoded here, so the number of pixels does not matter.
        picture = open_picture(BytesIO(data), signature.format, max_pixels=2**63)
        return bool(getattr(picture, "is_animated", False))
    except Exception:  # noqa: BLE001 - decoders raise nearly any type of error on damaged or hostile bytes
        return False


class Animation:
    """An animated picture in a seekable file; WebP and AVIF are held in memory as a whole, undecoded."""

    def __init__(
        self, file: BinaryIO, format_name: str, *, max_pixels: int, progress: Callable[[], None] = lambda: None
    ) -> None:
        """Open it; raises UnreadableMedia where its first frame cannot be shown."""
        self.format = format_name
        self.duration_ms: int | None = None
        self.captured_at: datetime | None = None
        self.troubles: list[str] = []
        self._file = GuardedFile(file)
        self._max_pixels = max_pixels
        self._progress = progress
        try:
            picture = self._open()
            self.captured_at = capture_time.of_picture(picture)
            picture.load()
        except UnreadableMedia:
            raise
        except Exception as error:
            self._file.check()
            raise UnreadableMedia(f"damaged or cut off {format_name}: it cannot be opened") from error
        self.width, self.height = picture.size

    def close(self) -> None:
        """Nothing is held that would have to be let go of."""

    def frames(self, start_ms: int = 0) -> Iterator[Frame]:
        """The frames from a time on; at the first that is damaged the animation ends, for the next ones need it."""
        picture = self._open()
        shown_ms = 0.0
        times = FrameTimes(None)
        number = 0
        while True:
            self._progress()
            try:
                picture.seek(number)
                picture.load()
                shown = to_rgb(picture).copy()
            except EOFError:
                return
            except Exception:  # noqa: BLE001 - as in `is_animated`
                self._file.check()
                self.troubles = [f"damaged at {clock_face(round(shown_ms))}; what follows cannot be read"]
                return
            time_ms = times.next(shown_ms / 1000)
            if time_ms >= start_ms:
                yield Frame(time_ms, _glance(shown), partial(_pixels, shown))
            lasts = float(picture.info.get("duration") or 0)
            shown_ms += lasts if lasts >= _LEAST_MS else _USUAL_MS
            number += 1

    def _open(self) -> ImageFile:
        self._file.seek(0)
        return open_picture(cast(BinaryIO, self._file), self.format, max_pixels=self._max_pixels)


def _glance(shown: Image.Image) -> Pixels:
    return np.array(shown.convert("L").resize(GLANCE, Image.Resampling.BOX))


def _pixels(shown: Image.Image) -> Pixels:
    return np.array(shown)
