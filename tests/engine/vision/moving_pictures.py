"""Videos made by code, for tests: portraits that move over a background, in any container."""

import io
import struct
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
import numpy as np
from PIL import Image

from tests.engine.vision.photographs import photograph

SIZE = (480, 360)
"""Width and height of the videos made here."""

#: Container name for PyAV, and the codec it usually carries.
CONTAINERS = {
    "mp4": "libx264",
    "mov": "libx264",
    "matroska": "libx264",
    "avi": "mpeg4",
    "webm": "libvpx",
    "asf": "wmv2",
    "3gp": "mpeg4",
    "mpegts": "mpeg2video",
    "flv": "flv1",
}


def portrait(name: str, side: int = 200) -> np.ndarray:
    """The head of "astronaut" or "hopper", uint8 [side, side, 3]."""
    region = {"astronaut": (110, 10, 330, 230), "hopper": (120, 40, 440, 360)}[name]
    return np.asarray(Image.fromarray(photograph(name)).crop(region).resize((side, side)))


def background(seed: int = 0) -> np.ndarray:
    """A room without anybody, uint8 [360, 480, 3]: soft noise, different for each seed."""
    width, height = SIZE
    noise = np.random.default_rng(seed).integers(60, 200, (height // 60, width // 60, 3), np.uint8)
    return np.asarray(Image.fromarray(noise).resize(SIZE, Image.Resampling.BICUBIC))


def placed(room: np.ndarray, *people: tuple[np.ndarray, int, int]) -> np.ndarray:
    """The room with pictures laid on it, each with the x and y of its corner."""
    frame = room.copy()
    for picture, x, y in people:
        frame[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return frame


def walking(name: str, count: int, *, room: int = 0, step: int = 4) -> Iterator[np.ndarray]:
    """Frames of a head that moves to the right."""
    head, still = portrait(name), background(room)
    for number in range(count):
        yield placed(still, (head, 20 + step * number % 240, 80))


def encoded(
    frames: Iterable[np.ndarray],
    container: str = "mp4",
    *,
    rate: int = 10,
    times: list[int] | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """A video file; times: milliseconds of each frame, instead of an even rate."""
    with NamedTemporaryFile() as file, av.open(file.name, "w", format=container, options=options or {}) as output:
        stream = output.add_stream(CONTAINERS[container], rate=rate)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.gop_size = 10
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number, pixels in enumerate(frames):
            if number == 0:
                stream.height, stream.width = pixels.shape[:2]
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[number], Fraction(1, 1000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        output.close()
        return Path(file.name).read_bytes()


def turned(mp4: bytes, matrix: tuple[int, int, int, int]) -> bytes:
    """An MP4 whose track says how it is to be turned: a, b, c, d of its display matrix (ISO/IEC 14496-12, 8.3.2)."""
    place = mp4.index(b"tkhd") + 4 + 40
    a, b, c, d = (value << 16 for value in matrix)
    return mp4[:place] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + mp4[place + 36 :]


def animated(frames: Iterable[np.ndarray], format_name: str, lasts_ms: int = 100) -> bytes:
    """An animated GIF, WebP or PNG."""
    first, *others = (Image.fromarray(frame) for frame in frames)
    file = io.BytesIO()
    first.save(file, format_name, save_all=True, append_images=others, duration=lasts_ms, loop=0)
    return file.getvalue()
