"""Pictures and videos are told by their content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.formats.sniff import identify, sniff


@pytest.mark.parametrize(
    ("head", "kind", "format_name"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image", "JPEG"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image", "PNG"),
        (b"GIF89a\x01\x00", "image", "GIF"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image", "WEBP"),
        (b"BM" + bytes(12) + b"\x28\x00\x00\x00", "image", "BMP"),
        (b"MM\x00*\x00\x00", "image", "TIFF"),
        (b"P5\n92 112\n255\n", "image", "PPM"),
        (b"P6\n# made by hand\n92 112 255\n", "image", "PPM"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image", "HEIF"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "image", "AVIF"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42", "video", "MP4"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "video", "MP4"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "video", "MOV"),
        (b"\x1aE\xdf\xa3\x01", "video", "Matroska"),
        (b"RIFF\x10\x00\x00\x00AVI LIST", "video", "AVI"),
        ((b"G" + bytes(187)) * 5, "video", "MPEG-TS"),
        (bytes(4) + (b"G" + bytes(191)) * 5, "video", "MPEG-TS"),
        (b"OggS" + bytes(24) + b"\x80theora", "video", "Ogg"),
    ],
)
def test_known_content_is_named(head: bytes, kind: str, format_name: str) -> None:
    signature = identify(head)
    assert signature is not None
    assert (signature.kind, signature.format) == (kind, format_name)
    assert sniff(head) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"plain text",
        b"P5 is the fifth paragraph",
        b"BMW is a maker of cars, and this is a text",
        b"GGGGGGGG",
        b"%PDF-1.7",
        b"RIFF\x10\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A ",
        b"OggS" + bytes(24) + b"\x01vorbis",
        b"PK\x03\x04",
    ],
)
def test_other_content_is_neither_picture_nor_video(head: bytes) -> None:
    assert sniff(head) is None


@given(st.binary(max_size=1100))
def test_any_bytes_are_answered(head: bytes) -> None:
    assert sniff(head) in ("image", "video", None)
