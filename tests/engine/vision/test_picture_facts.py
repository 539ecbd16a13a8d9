"""What pictures say of themselves: camera and place, as far as they can be read."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from engine.vision.errors import UnreadableMedia
from engine.vision.media import decode_image


def a_picture(exif: Image.Exif | bytes, form: str = "JPEG") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, form, exif=exif)
    return buffer.getvalue()


def an_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Nokia\0"
    exif[ExifTags.Base.Software] = "v1"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.BodySerialNumber] = "77"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (55.0, 40.0, 30.0),
            ExifTags.GPS.GPSLongitudeRef: "W",
            ExifTags.GPS.GPSLongitude: (12.0, 30.0, 0.0),
        }
    )
    return exif


def told(data: bytes) -> dict[str, str]:
    return {fact.label: fact.value for fact in decode_image(data, max_pixels=1_000_000).facts}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_camera_and_place_are_read(form: str) -> None:
    assert told(a_picture(an_exif(), form)) == {
        "camera make": "Nokia",
        "software": "v1",
        "camera serial number": "77",
        "place": "55.675000, -12.500000",
    }


def test_a_picture_that_says_nothing_has_no_facts() -> None:
    assert told(a_picture(Image.Exif())) == {}


@given(st.binary(max_size=200), st.integers(0, 200), st.integers(0, 40))
def test_damaged_exif_never_costs_the_picture(noise: bytes, at: int, gone: int) -> None:
    block = an_exif().tobytes()
    data = a_picture(block[:at] + noise + block[at + gone :])
    try:
        assert isinstance(told(data), dict)
    except UnreadableMedia:
        pytest.fail("the picture itself is whole")
