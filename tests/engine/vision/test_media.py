"""Every picture becomes upright RGB pixels, and everything else a named reason."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.Image import Transpose
from pillow_heif import from_pillow

from engine.vision.errors import UnreadableMedia
from engine.vision.media import decode_image
from engine.vision.types import DecodedImage

LIMIT = 1_000_000
LOSSLESS = ["PNG", "WEBP", "BMP", "TIFF"]
FORMATS = ["JPEG", *LOSSLESS, "GIF", "HEIF", "AVIF", "PPM"]
# What undoes each EXIF orientation, applied the other way round to make a picture that needs it.
ORIENTATIONS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """A picture whose four corners differ, smooth enough for lossy formats, busy enough not to vanish in them."""
    y, x = np.mgrid[:height, :width]
    waves = np.sin(x / 3.0) * np.cos(y / 5.0) * 20
    channels = [x * 200 / width + 20, y * 200 / height + 20, (x + y) * 100 / (width + height) + 50]
    return Image.fromarray((np.stack(channels, axis=-1) + waves[..., None]).clip(0, 255).astype(np.uint8))


def encoded(picture: Image.Image, format_name: str, **options: object) -> bytes:
    buffer = BytesIO()
    if format_name == "HEIF":
        from_pillow(picture).save(buffer, quality=90, **options)
    else:
        lossless = {"lossless": True} if format_name == "WEBP" else {}
        picture.save(buffer, format_name, **lossless, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> np.ndarray:
    return decode_image(data, max_pixels=LIMIT).pixels


def reason(data: bytes, max_pixels: int = LIMIT) -> str:
    with pytest.raises(UnreadableMedia) as caught:
        decode_image(data, max_pixels=max_pixels)
    assert caught.value.hint
    return caught.value.reason


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_is_read(format_name: str) -> None:
    image = decode_image(encoded(scene(), format_name), max_pixels=LIMIT)
    assert (image.format, image.width, image.height) == (format_name, 96, 64)
    assert image.pixels.shape == (64, 96, 3)
    assert image.pixels.dtype == np.uint8
    assert image.pixels.flags.c_contiguous
    error = np.abs(image.pixels.astype(int) - np.asarray(scene()).astype(int))
    assert error.max() == 0 if format_name in LOSSLESS else error.mean() < 8


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_exif_orientation_is_applied(format_name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = scene().transpose(ORIENTATIONS[orientation])
    pixels = decoded(encoded(stored, format_name, exif=exif.tobytes()))
    assert pixels.shape == (64, 96, 3)
    assert np.abs(pixels.astype(int) - np.asarray(scene()).astype(int)).mean() < 8


def test_damaged_exif_does_not_hide_the_picture() -> None:
    data = encoded(scene(), "JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\x01\x12broken")
    assert decoded(data).shape == (64, 96, 3)


def test_transparency_is_laid_on_white() -> None:
    picture = Image.new("RGBA", (4, 2), (200, 0, 0, 255))
    picture.putpixel((0, 0), (0, 0, 0, 0))
    pixels = decoded(encoded(picture, "PNG"))
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[1, 1].tolist() == [200, 0, 0]


def test_a_palette_with_a_transparent_colour_is_laid_on_white() -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putpixel((1, 0), 1)
    assert decoded(encoded(picture, "GIF", transparency=0)).tolist() == [[[255, 255, 255], [40, 50, 60]]]
    assert decoded(encoded(picture, "PNG")).tolist() == [[[10, 20, 30], [40, 50, 60]]]


def test_sixteen_bit_grey_keeps_its_tones() -> None:
    values = np.array([[0, 0x8000, 0xFFFF]], np.uint16)
    for format_name in ("PNG", "TIFF"):
        pixels = decoded(encoded(Image.fromarray(values), format_name))
        assert pixels[0, :, 0].tolist() == [0, 128, 255]


def test_real_numbers_are_stretched_between_black_and_white() -> None:
    values = np.array([[-1.0, 0.0, np.nan, 1.0]], np.float32)
    assert decoded(encoded(Image.fromarray(values), "TIFF"))[0, :, 0].tolist() == [0, 127, 127, 255]


def test_print_colours_become_rgb() -> None:
    data = encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG")
    red, green, blue = decoded(data)[4, 4].tolist()
    assert red > 240
    assert green < 15
    assert blue < 15


def test_black_and_white_and_grey_are_read() -> None:
    assert decoded(encoded(Image.new("1", (3, 2), 1), "PNG")).tolist() == [[[255] * 3] * 3] * 2
    assert decoded(encoded(Image.new("L", (3, 2), 77), "PNG")).tolist() == [[[77] * 3] * 3] * 2


def test_of_an_animation_the_first_frame_is_read() -> None:
    first, second = Image.new("RGB", (8, 8), (255, 0, 0)), Image.new("RGB", (8, 8), (0, 0, 255))
    for format_name in ("GIF", "WEBP"):
        data = encoded(first, format_name, save_all=True, append_images=[second])
        assert decoded(data)[0, 0].tolist() == [255, 0, 0]


def test_an_empty_file_is_named() -> None:
    assert reason(b"") == "empty file"


def test_text_is_not_a_picture() -> None:
    assert reason(b"this file is named holiday.jpg") == "not a picture or video Triage can read"


def test_a_video_is_named() -> None:
    assert reason(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42") == "a video (MP4), not a still picture"


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_picture_over_the_limit_is_refused_with_its_size(format_name: str) -> None:
    data = encoded(scene(), format_name)
    assert reason(data, max_pixels=96 * 64 - 1) == "96 x 64 is more than the limit of 6143 pixels"
    assert decode_image(data, max_pixels=96 * 64).width == 96


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    assert reason(data) == "30000 x 30000 is more than the limit of 1000000 pixels"


def test_a_bomb_of_text_beside_the_picture_is_refused() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    whole = encoded(scene(), "PNG")
    bomb = chunk(b"zTXt", b"comment\x00\x00" + zlib.compress(bytes(80_000_000)))
    assert "PNG" in reason(whole[:33] + bomb + whole[33:])


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("percent", [5, 30, 50, 70, 90, 98])
def test_a_truncated_file_is_refused_or_whole(format_name: str, percent: int) -> None:
    data = encoded(scene(), format_name)
    part = data[: len(data) * percent // 100]
    try:
        pixels = decoded(part)
    except UnreadableMedia as error:
        assert format_name in error.reason
    else:
        # What was cut off held no pixels.
        np.testing.assert_array_equal(pixels, decoded(data))


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_file_cut_in_half_is_named_as_truncated(format_name: str) -> None:
    data = encoded(scene(400, 300), format_name)
    assert reason(data[: len(data) // 2]) == f"truncated {format_name}: the file ends before the picture does"


def test_a_progressive_jpeg_cut_in_half_is_refused() -> None:
    data = encoded(scene(400, 300), "JPEG", progressive=True)
    assert reason(data[: len(data) // 2]) == "truncated JPEG: the file ends before the picture does"


def test_damage_is_named_in_one_line() -> None:
    data = encoded(scene(), "HEIF")
    meta = data.index(b"meta")
    assert reason(data[:meta] + b"free" + data[meta + 4 :]).startswith("damaged HEIF: ")
    assert "\n" not in reason(data[:meta] + b"free" + data[meta + 4 :])


@given(st.binary(max_size=4000))
def test_any_bytes_are_a_picture_or_a_reason(data: bytes) -> None:
    answer(data)


VALID = {format_name: encoded(scene(48, 32), format_name) for format_name in FORMATS}


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FORMATS), st.data())
def test_any_damage_to_a_picture_is_a_picture_or_a_reason(format_name: str, data: st.DataObject) -> None:
    file = bytearray(VALID[format_name])
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(file) - 1))
        patch = data.draw(st.binary(min_size=1, max_size=8))
        if data.draw(st.booleans()):
            file[start : start + len(patch)] = patch
        else:
            file[start:start] = patch
    answer(bytes(file[: data.draw(st.integers(0, len(file)))]) if data.draw(st.booleans()) else bytes(file))


@given(st.sampled_from(FORMATS), st.binary(max_size=300))
def test_a_valid_start_with_any_rest_is_a_picture_or_a_reason(format_name: str, rest: bytes) -> None:
    answer(VALID[format_name][:40] + rest)


def answer(data: bytes) -> None:
    try:
        image = decode_image(data, max_pixels=100_000)
    except UnreadableMedia as error:
        assert error.reason
    else:
        assert isinstance(image, DecodedImage)
        assert image.pixels.shape == (image.height, image.width, 3)
