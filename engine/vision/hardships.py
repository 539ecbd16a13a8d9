"""Makes a picture hard to work with in known ways, so that anyone can measure what is still found in it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image, ImageFilter

from engine.vision.types import Box, Pixels
from engine.vision.views import scaled, whole

LONG_SIDE = 500
"""Pixels: the size of the picture that is made worse, unless its head is brought to a size of its own."""

HEAD = 1.25
"""Heights of a detected face's box in a head, from the chin to the crown."""

#: Makes a picture hard; the box is that of its face.
Change = Callable[[Pixels, Box], Pixels]


@dataclass(frozen=True, slots=True)
class Hardship:
    """One way to make a picture hard, by the name that reports give it."""

    name: str
    change: Change


def hardships() -> tuple[Hardship, ...]:
    """Every way, from none to the hardest; the same picture and box give the same pixels each time."""
    plain: tuple[tuple[str, Callable[[Pixels], Pixels]], ...] = (
        ("as it is", lambda pixels: pixels),
        ("mirrored", lambda pixels: pixels[:, ::-1]),
        ("greyscale", _grey),
        ("brightness 0.12", lambda pixels: _toned(pixels, 0.12, 0.0)),
        ("brightness 0.04", lambda pixels: _toned(pixels, 0.04, 0.0)),
        ("washed out to a tenth of the contrast", lambda pixels: _toned(pixels, 0.1, 200.0)),
        ("JPEG quality 12", partial(_jpeg, quality=12)),
        ("blur of 4 px", partial(_blurred, radius=4)),
        ("upside down", lambda pixels: pixels[::-1, ::-1]),
        ("lying on the left", np.rot90),
        ("lying on the right", partial(np.rot90, k=3)),
    )
    of_size = tuple(Hardship(name, partial(_first_reduced, change)) for name, change in plain)
    framed = tuple(
        Hardship(f"head of {head} px in {width} x {height}", partial(_framed, head=head, width=width, height=height))
        for head, width, height in ((90, 2400, 1800), (60, 4000, 3000), (40, 4000, 3000), (24, 4000, 3000))
    )
    return (
        *of_size,
        Hardship("cut to the face", _cut_out),
        Hardship("head of 24 px, the picture as small", partial(_shrunk, head=24)),
        *framed,
    )


def _first_reduced(change: Callable[[Pixels], Pixels], pixels: Pixels, _: Box) -> Pixels:
    resized = _resized(pixels, LONG_SIDE / max(pixels.shape[:2]))
    return np.ascontiguousarray(change(resized))


def _cut_out(pixels: Pixels, box: Box) -> Pixels:
    """The box alone, as pictures of faces are often handed on."""
    height, width = pixels.shape[:2]
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    right, bottom = min(width, max(left + 1, round(box[2]))), min(height, max(top + 1, round(box[3])))
    face = pixels[top:bottom, left:right]
    return _resized(face, LONG_SIDE / max(face.shape[:2]))


def _shrunk(pixels: Pixels, box: Box, *, head: int) -> Pixels:
    return _resized(pixels, _to_head(box, head))


def _framed(pixels: Pixels, box: Box, *, head: int, width: int, height: int) -> Pixels:
    """The picture, made small, somewhere in a frame of patterns in which nobody is."""
    small = _resized(pixels, _to_head(box, head))[:height, :width]
    drawn = np.random.default_rng(int(pixels.sum()) % 2**32)
    frame = _patterns(drawn, width, height)
    top, left = (int(drawn.integers(0, room + 1)) for room in (height - small.shape[0], width - small.shape[1]))
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame


def _patterns(drawn: np.random.Generator, width: int, height: int) -> Pixels:
    """Soft patches of colour under fine grain, uint8 [height, width, 3]."""
    patches = drawn.integers(0, 256, (height // 60, width // 60, 3), dtype=np.uint8)
    soft = np.asarray(Image.fromarray(patches).resize((width, height), Image.Resampling.BICUBIC))
    grain = drawn.integers(0, 24, (height, width, 1), dtype=np.uint8)
    return np.asarray(soft // 2 + 50 + grain, np.uint8)


def _to_head(box: Box, head: int) -> float:
    return head / (HEAD * max(1.0, box[3] - box[1]))


def _resized(pixels: Pixels, factor: float) -> Pixels:
    return scaled(whole(pixels), factor).pixels


def _grey(pixels: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(pixels).convert("L").convert("RGB"))


def _toned(pixels: Pixels, contrast: float, darkest: float) -> Pixels:
    return np.asarray(pixels * contrast + darkest, np.uint8)


def _jpeg(pixels: Pixels, *, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("RGB"))


def _blurred(pixels: Pixels, *, radius: int) -> Pixels:
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(radius)))
