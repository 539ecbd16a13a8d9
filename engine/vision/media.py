"""Reads still pictures: any supported file's bytes become upright RGB pixels, or a named reason why not."""

from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.PpmImagePlugin import PpmImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif import HeifImageFile

from engine.formats.sniff import HEAD_BYTES, identify
from engine.vision import capture_time, picture_facts
from engine.vision.errors import UnreadableMedia
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


def decode_image(data: bytes, *, max_pixels: int) -> DecodedImage:
    """Decode a still picture, or the first of several in a file, as its sender saw it.

    The EXIF orientation is applied, transparency is laid on white, more than 8 bits per channel are reduced to 8.
    Raises UnreadableMedia for anything else than a whole picture of at most `max_pixels`, which is decided before its
    pixels are decoded. (Pillow itself refuses some formats above 178,956,970 pixels.)
    """
    format_name = _format_of(data)
    try:
        picture = open_picture(BytesIO(data), format_name, max_pixels=max_pixels)
        captured_at = capture_time.of_picture(picture)  # Before the decoder of TIFF closes the file.
        facts = picture_facts.facts_of(picture)
        picture.load()
        pixels = _copied(to_rgb(_upright(picture)))
    except UnreadableMedia:
        raise
    except MemoryError as error:
        raise UnreadableMedia(f"{format_name}: not enough memory to decode it") from error
    except Image.DecompressionBombError as error:
        raise UnreadableMedia(f"{format_name}: more pixels than the decoder's limit") from error
    except Exception as error:
        # Decoders raise nearly any type of error on damaged or hostile bytes.
        raise UnreadableMedia(_reason(format_name, data, error)) from error
    height, width = pixels.shape[:2]
    return DecodedImage(pixels, format_name, width=width, height=height, captured_at=captured_at, facts=facts)


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


def _copied(picture: Image.Image) -> Pixels:
    """The pixels of an RGB picture, copied some rows at a time: all at once, Pillow copies them twice."""
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    for top in range(0, picture.height, _ROWS):
        bottom = min(picture.height, top + _ROWS)
        pixels[top:bottom] = np.asarray(picture.crop((0, top, picture.width, bottom)))
    return pixels


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


def _upright(picture: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; damaged EXIF data does not make the picture unreadable."""
    try:
        ImageOps.exif_transpose(picture, in_place=True)
    except Exception:  # noqa: BLE001 - as above; the picture is whole, so it is shown as stored
        return picture
    return picture


def _stretched(picture: Image.Image) -> Image.Image:
    """Map whole or real numbers, for which no black and white are defined, so that their extremes become these."""
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64), posinf=0.0, neginf=0.0)
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255.0 / max(high - low, 1e-12))).astype(np.uint8))
