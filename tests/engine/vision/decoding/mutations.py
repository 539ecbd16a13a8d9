"""Malformed files of every format, made by code from small whole ones: the same ones for the same seed."""

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

import av
import numpy as np
from PIL import Image
from pillow_heif import from_pillow

WIDTH, HEIGHT = 96, 64
STILLS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF", "PPM")
ANIMATIONS = ("GIF", "WEBP", "PNG", "AVIF")
#: Container name for PyAV and what it carries.
FILMS = {
    "mp4": "libx264",
    "mov": "mjpeg",
    "matroska": "libx264",
    "webm": "libvpx",
    "avi": "mpeg4",
    "asf": "wmv2",
    "3gp": "mpeg4",
    "mpegts": "mpeg2video",
    "mpeg": "mpeg1video",
    "flv": "flv1",
    "ogg": "libvpx",
    "mpeg1video": "mpeg1video",
}
_FRAMES = 6


@dataclass(frozen=True, slots=True)
class Malformed:
    """One file: a name that tells how it was made, and its bytes; kind: the format it was made from."""

    name: str
    kind: str
    data: bytes


def malformed(count: int, seed: int = 1) -> Iterator[Malformed]:
    """So many files, of each format in turn, each damaged in one to three ways."""
    kinds = list(originals())
    for number in range(count):
        kind = kinds[number % len(kinds)]
        random = Random(f"{seed}/{number}")
        data, ways = originals()[kind], []
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            way = random.choice(_WAYS)
            data = way(random, data)
            ways.append(way.__name__.strip("_"))
        # The name says of what kind the file is, and sometimes lies.
        told = random.choice(kinds) if random.random() < 0.2 else kind
        yield Malformed(f"{number:05}-{'-'.join(ways)}.{told.lower().replace(' ', '_')}", kind, data)


@cache
def originals() -> dict[str, bytes]:
    """A whole file of each format."""
    made = {kind: _still(kind) for kind in STILLS}
    made |= {f"moving {kind}": _animation(kind) for kind in ANIMATIONS}
    return made | {kind: _film(kind, codec) for kind, codec in FILMS.items()}


def _scene(seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(20, 230, (8, 12, 3), np.uint8)
    return Image.fromarray(noise).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)


def _still(kind: str) -> bytes:
    file = io.BytesIO()
    if kind == "HEIF":
        from_pillow(_scene(0)).save(file, quality=60)
    else:
        exif = Image.Exif()
        exif[0x0112] = 6
        options = {"exif": exif} if kind in {"JPEG", "PNG", "WEBP", "TIFF"} else {}
        _scene(0).save(file, kind, **options)
    return file.getvalue()


def _animation(kind: str) -> bytes:
    first, *others = (_scene(seed) for seed in range(_FRAMES))
    file = io.BytesIO()
    first.save(file, kind, save_all=True, append_images=others, duration=100)
    return file.getvalue()


def _film(container: str, codec: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as film:
        film.metadata["title"] = "_theora"
        stream = film.add_stream(codec, rate=25)
        stream.width, stream.height = WIDTH, HEIGHT
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for seed in range(_FRAMES):
            film.mux(stream.encode(av.VideoFrame.from_image(_scene(seed))))
        film.mux(stream.encode())
    # Of Ogg, only what says Theora is read; FFmpeg cannot write that.
    return file.getvalue().replace(b"_theora", b"\x80theora") if container == "ogg" else file.getvalue()


def _flipped_bits(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 4, 32)) if changed else 0):
        changed[_early(random, changed)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut_off(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _wrong_length(random: Random, data: bytes) -> bytes:
    """Some four bytes, likely a length in the head of something, become a lie."""
    lie = random.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, len(data) * 2, len(data) - 1))
    at = _early(random, data)
    return data[:at] + struct.pack(random.choice("<>") + "I", lie & 0xFFFFFFFF) + data[at + 4 :]


def _giant(random: Random, data: bytes) -> bytes:
    """Wherever the width or the height is written, something enormous stands."""
    side = random.choice((WIDTH, HEIGHT))
    code = random.choice("<>") + random.choice("HI")
    huge = random.choice((0xFFFF, 0x7FFF, 0x4000, 0))
    if code.endswith("I"):
        huge = random.choice((0x7FFFFFFF, 0xFFFFFFFF, 0x10000, 20_000))
    return data.replace(struct.pack(code, side), struct.pack(code, huge)).replace(b"96 64", b"999999999 999999999")


def _swapped_parts(random: Random, data: bytes) -> bytes:
    first, second, third = sorted(random.randrange(len(data) + 1) for _ in range(3))
    return data[:first] + data[second:third] + data[first:second] + data[third:]


def _repeated_part(random: Random, data: bytes) -> bytes:
    """A part comes again and again, as in a file that leads back to itself."""
    first, second = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:second] + data[first:second] * random.choice((1, 3, 20)) + data[second:]


def _nested(random: Random, data: bytes) -> bytes:
    """The file within itself, a few times over."""
    for _ in range(random.choice((1, 2, 4))):
        at = random.randrange(len(data) + 1)
        data = data[:at] + data + data[at:]
    return data


def _zeroed_part(random: Random, data: bytes) -> bytes:
    first, second = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:first] + bytes(second - first) + data[second:]


def _noise(random: Random, data: bytes) -> bytes:
    first, second = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:first] + random.randbytes(second - first) + data[second:]


def _head_of_another(random: Random, data: bytes) -> bytes:
    head = random.choice((4, 12, 32, 200))
    return random.choice(list(originals().values()))[:head] + data[head:]


def _early(random: Random, data: bytes | bytearray) -> int:
    """A place, more often near the beginning, where the structure of a file is described."""
    return random.randrange(random.choice((min(len(data), 64), min(len(data), 600), len(data)))) if data else 0


_WAYS: tuple[Callable[[Random, bytes], bytes], ...] = (
    _flipped_bits,
    _cut_off,
    _wrong_length,
    _giant,
    _swapped_parts,
    _repeated_part,
    _nested,
    _zeroed_part,
    _noise,
    _head_of_another,
)
