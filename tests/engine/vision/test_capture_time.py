"""A file's own word on when it was made, from real files; nonsense is unknown."""

import io
from datetime import UTC, datetime

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ExifTags import IFD, Base

from engine.vision.capture_time import of_film, of_picture
from engine.vision.media import decode_image
from engine.vision.video import open_video


def picture(original: object = None, offset: object = None, *, format_name: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[Base.DateTime] = "2020:01:01 00:00:00"  # When it was last changed, which is not when it was taken.
    details = exif.get_ifd(IFD.Exif)
    if original is not None:
        details[Base.DateTimeOriginal] = original
    if offset is not None:
        details[Base.OffsetTimeOriginal] = offset
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, format=format_name, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_a_picture_carries_the_moment_it_was_taken(format_name: str) -> None:
    data = picture("2019:07:01 23:30:05", "-02:00", format_name=format_name)
    assert decode_image(data, max_pixels=100).captured_at == datetime(2019, 7, 2, 1, 30, 5, tzinfo=UTC)


def test_a_scan_carries_the_moment_too() -> None:
    file = io.BytesIO()
    details = {Base.DateTimeOriginal.value: "1985:07:01 12:00:00"}
    Image.new("RGB", (8, 8)).save(file, format="TIFF", tiffinfo={IFD.Exif.value: details})
    assert decode_image(file.getvalue(), max_pixels=100).captured_at == datetime(1985, 7, 1, 12, tzinfo=UTC)


def test_a_time_without_an_offset_counts_as_utc() -> None:
    assert decode_image(picture("2019:07:01 23:30:05"), max_pixels=100).captured_at == datetime(
        2019, 7, 1, 23, 30, 5, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "written", [None, "", "0000:00:00 00:00:00", "2019:13:01 00:00:00", "    :  :     :  :  ", "2999:01:01 00:00:00"]
)
def test_what_cannot_be_is_unknown(written: str | None) -> None:
    assert decode_image(picture(written), max_pixels=100).captured_at is None


@given(st.text(max_size=30), st.text(max_size=10))
def test_no_text_breaks_the_reading(written: str, offset: str) -> None:
    exif = Image.new("RGB", (1, 1))
    exif.getexif().get_ifd(IFD.Exif).update({Base.DateTimeOriginal: written, Base.OffsetTimeOriginal: offset})
    of_picture(exif)
    of_film({"creation_time": written, "date": offset})


def test_a_film_carries_the_moment_it_was_made() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata["creation_time"] = "2021-03-04T05:06:07.000000Z"
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height = 32, 32
        for packet in stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8))):
            container.mux(packet)
        container.mux(stream.encode())
    video = open_video(file, max_pixels=1_000_000)
    assert video.captured_at == datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_the_date_that_knows_its_time_zone_goes_first_and_an_unset_clock_is_no_date() -> None:
    apple = {"creation_time": "2021-03-04T05:06:07Z", "com.apple.quicktime.creationdate": "2021-03-04T00:00:00+0200"}
    assert of_film(apple) == datetime(2021, 3, 3, 22, tzinfo=UTC)
    assert of_film({"creation_time": "1904-01-01T00:00:00Z"}) is None
    assert of_film({"creation_time": "1970-01-01T00:00:00Z"}) is None
    assert of_film({}) is None
