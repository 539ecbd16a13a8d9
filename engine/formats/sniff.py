"""Tells pictures and videos by the first bytes of their content, never by a file's name."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["image", "video"]

# How many of a file's first bytes every rule below can need.
HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Signature:
    """What a file's first bytes say it is; format: such as "JPEG" or "Matroska"."""

    kind: Kind
    format: str


_STARTS = (
    (b"\xff\xd8\xff", Signature("image", "JPEG")),
    (b"\x89PNG\r\n\x1a\n", Signature("image", "PNG")),
    (b"GIF87a", Signature("image", "GIF")),
    (b"GIF89a", Signature("image", "GIF")),
    (b"II*\x00", Signature("image", "TIFF")),
    (b"MM\x00*", Signature("image", "TIFF")),
    (b"II+\x00", Signature("image", "TIFF")),
    (b"MM\x00+", Signature("image", "TIFF")),
    (b"\x1aE\xdf\xa3", Signature("video", "Matroska")),
    (b"\x00\x00\x01\xba", Signature("video", "MPEG-PS")),
    (b"\x00\x00\x01\xb3", Signature("video", "MPEG")),
    (b"FLV\x01", Signature("video", "FLV")),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Signature("video", "ASF")),
)
# RIFF files name their content at byte 8.
_RIFF = {b"WEBP": Signature("image", "WEBP"), b"AVI ": Signature("video", "AVI")}
# Sizes of the known BMP headers: "BM" alone begins many a text.
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}
# Brands of ISO base media files (ISO/IEC 14496-12, 23008-12); what is none of these is a video.
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_OTHER_BRANDS = {b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"jp2 ", b"jpx ", b"jpm ", b"crx "}
# Binary portable pixmaps: after the number stand white space or comments, and a size. "P5 " alone begins many a text.
_PIXMAP = re.compile(rb"P[56]\s(?:\s|#[^\n]*\n)*\d")
# Atoms that open QuickTime files from before the "ftyp" atom.
_QUICKTIME_ATOMS = {b"moov", b"mdat", b"wide", b"pnot"}
_TRANSPORT_PACKETS = ((0, 188), (4, 192))


def sniff(head: bytes) -> Kind | None:
    """Return whether these first bytes open a picture or a video, or None when they open neither."""
    signature = identify(head)
    return signature.kind if signature else None


def identify(head: bytes) -> Signature | None:
    """Return what these first bytes (HEAD_BYTES of them, or the whole file) open, None when nothing known."""
    for start, signature in _STARTS:
        if head.startswith(start):
            return signature
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return Signature("image", "BMP")
    if _PIXMAP.match(head):
        return Signature("image", "PPM")
    if head[4:8] == b"ftyp":
        return _base_media(head)
    if head[4:8] in _QUICKTIME_ATOMS:
        return Signature("video", "MOV")
    if head[:4] == b"OggS" and b"\x80theora" in head[:HEAD_BYTES]:
        return Signature("video", "Ogg")
    if any(_is_transport_stream(head, offset, size) for offset, size in _TRANSPORT_PACKETS):
        return Signature("video", "MPEG-TS")
    return None


def _base_media(head: bytes) -> Signature | None:
    length = min(int.from_bytes(head[:4], "big"), HEAD_BYTES)
    major = head[8:12]
    brands = {major} | {head[start : start + 4] for start in range(16, length, 4)}
    if major in _OTHER_BRANDS:
        return None
    if brands & _AVIF_BRANDS:
        return Signature("image", "AVIF")
    if brands & _HEIF_BRANDS:
        return Signature("image", "HEIF")
    return Signature("video", "MP4")


def _is_transport_stream(head: bytes, offset: int, size: int) -> bool:
    """Return whether the sync byte opens each of the first packets (ISO/IEC 13818-1)."""
    syncs = head[offset : offset + 4 * size : size]
    return len(syncs) == 4 and set(syncs) == {0x47}
