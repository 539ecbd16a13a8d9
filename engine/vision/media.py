"""Reads still pictures: any supported file's bytes become upright RGB pixels, or a named reason why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Transpose
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from engine.formats.incoming import Fact
from engine.formats.sniff import HEAD_BYTES, identify
from engine.vision import capture_time, picture_facts
from engine.vision.errors import TooLittleMemory, UnreadableMedia
from engine.vision.types import DecodedImage, Pixels

# Each file is given to the one decoder that its content asks for, and to no other of the many that Pillow knows.
_DECODERS: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "GIF": GifImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
    "HEIF": HeifImageFile,
    "AVIF": AvifImageFile,
    "PPM": PpmImageFile,
}
_BACKGROUND = (255, 255, 255)
_ROWS = 512
# What undoes each EXIF orientation (CIPA DC-008, 4.6.4); which of them lay the picture on its side, and in which the
# first rows of the upright picture are the last rows or columns of the stored one.
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SIDEWAYS, _FROM_THE_END = frozenset({5, 6, 7, 8}), frozenset({3, 4, 7, 8})


@dataclass(frozen=True, slots=True)
class Still:
    """A still picture whose pixels are decoded, and not yet RGB or upright; width, height: of the upright picture."""

    format: str
    width: int
    height: int
    captured_at: datetime | None
    facts: tuple[Fact, ...]
    picture: Image.Image = field(repr=False)
    orientation: int

    def strips(self) -> Iterator[Pixels]:
        """The upright pixels in RGB from top to bottom, some rows at a time: all at once, Pillow copies them twice."""
        for top in range(0, self.height, _ROWS):
            part = self.picture.crop(self._stored(top, min(self.height, top + _ROWS)))
            turn = _TURNS.get(self.orientation)
            yield np.asarray(to_rgb(part if turn is None else part.transpose(turn)))

    def _stored(self, top: int, bottom: int) -> tuple[int, int, int, int]:
        """Where in the stored picture some rows of the upright one lie: left, top, right, bottom."""
        if self.orientation in _FROM_THE_END:
            top, bottom = self.height - bottom, self.height - top
        if self.orientation in _SIDEWAYS:
            return top, 0, bottom, self.width
        return 0, top, self.width, bottom


def decode_image(data: bytes, *, max_pixels: int) -> DecodedImage:
    """Decode a still picture, or the first of several in a file, as its sender saw it.

    The EXIF orientation is applied, transparency is laid on white, more than 8 bits per channel are reduced to 8.
    Raises UnreadableMedia for anything else than a whole picture of at most `max_pixels`, which is decided before its
    pixels are decoded. (Pillow itself refuses some formats above 178,956,970 pixels.)
    """
    still = open_still(data, max_pixels=max_pixels)
    pixels = np.empty((still.height, still.width, 3), np.uint8)
    with named_damage(still.format, data):
        for number, strip in enumerate(still.strips()):
            pixels[number * _ROWS : number * _ROWS + len(strip)] = strip
    return DecodedImage(
        pixels,
        still.format,
        width=still.width,
        height=still.height,
        captured_at=still.captured_at,
        facts=still.facts,
    )


def open_still(data: bytes, *, max_pixels: int) -> Still:
    """Decode a still picture as far as its pixels are known; raises UnreadableMedia as `decode_image`."""
    format_name = _format_of(data)
    with named_damage(format_name, data):
        picture = open_picture(BytesIO(data), format_name, max_pixels=max_pixels)
        captured_at = capture_time.of_picture(picture)  # Before the decoder of TIFF closes the file.
        facts = picture_facts.facts_of(picture)
        picture.load()
        # Extremes are those of the whole picture, so that it cannot be done in strips.
        shown = _stretched(picture) if picture.mode in ("I", "F") else picture
    orientation = _orientation(picture)
    width, height = shown.size[::-1] if orientation in _SIDEWAYS else shown.size
    return Still(format_name, width, height, captured_at, facts, shown, orientation)


@contextmanager
def named_damage(format_name: str, data: bytes) -> Iterator[None]:
    """Raise what goes wrong in decoding as UnreadableMedia that names it."""
    try:
        yield
    except UnreadableMedia:
        raise
    except MemoryError as error:
        raise TooLittleMemory(f"{format_name}: not enough memory to decode it") from error
    except Image.DecompressionBombError as error:
        raise UnreadableMedia(f"{format_name}: more pixels than the decoder's limit") from error
    except Exception as error:
        # Decoders raise nearly any type of error on damaged or hostile bytes.
        raise UnreadableMedia(_reason(format_name, data, error)) from error


def open_picture(file: BinaryIO, format_name: str, *, max_pixels: int) -> ImageFile:
    """Open a picture of a known format without decoding its pixels.

    Raises UnreadableMedia for one beyond `max_pixels`, and nearly anything for damaged bytes.
    """
    picture = _DECODERS[format_name](file)
    _check_size(picture, max_pixels)
    return picture


def to_rgb(picture: Image.Image) -> Image.Image:
    """The picture in 8-bit RGB, its transparent parts white."""
    if picture.mode == "RGB":
        return picture
    if picture.mode in ("I", "F"):
        return _stretched(picture).convert("RGB")
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        background = Image.new("RGBA", layer.size, (*_BACKGROUND, 255))
        return Image.alpha_composite(background, layer).convert("RGB")
    return picture.convert("RGB")


def _format_of(data: bytes) -> str:
    if not data:
        raise UnreadableMedia("empty file")
    signature = identify(data[:HEAD_BYTES])
    if signature is None:
        raise UnreadableMedia("not a picture or video Triage can read")
    if signature.kind == "video":
        raise UnreadableMedia(f"a video ({signature.format}), not a still picture")
    return signature.format


def _check_size(picture: ImageFile, max_pixels: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise UnreadableMedia(
            f"{picture.width} x {picture.height} is more than the limit of {max_pixels} pixels",
            hint="Raise decoding.max_pixels if this machine has the memory for it.",
        )


def _reason(format_name: str, data: bytes, error: Exception) -> str:
    if "truncated" in str(error).lower() or _ends_early(format_name, data):
        return f"truncated {format_name}: the file ends before the picture does"
    return f"damaged {format_name}: {' '.join(str(error).split()) or type(error).__name__}"


def _ends_early(format_name: str, data: bytes) -> bool:
    """Return whether a file says itself that it is longer, where its decoder does not tell."""
    if format_name == "WEBP":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    if format_name in ("HEIF", "AVIF"):
        return _end_of_boxes(data) > len(data)
    return False


def _end_of_boxes(data: bytes) -> int:
    """Return where the last box of an ISO base media file ends; each begins with its length (ISO/IEC 14496-12)."""
    position = 0
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        if length == 1:
            length = int.from_bytes(data[position + 8 : position + 16], "big")
        if length < 8:
            # Zero is a box that reaches to the end of the file, anything else is no length.
            return len(data)
        position += length
    return position


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; damaged EXIF data does not make the picture unreadable."""
    try:
        orientation = picture.getexif().get(Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - as above; the picture is whole, so it is shown as stored
        return 1
    return orientation if orientation in _TURNS else 1


def _stretched(picture: Image.Image) -> Image.Image:
    """Map whole or real numbers, for which no black and white are defined, so that their extremes become these."""
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255.0 / max(high - low, 1e-12))).astype(np.uint8))
