"""What a picture's file says of where and with what it was made: camera, software, owner, place (EXIF)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from PIL import ExifTags, Image

from engine.formats.incoming import Fact, FactKind
from engine.formats.text import clean

_LONGEST = 500
#: Tags by the number that Exif 2.32 (CIPA DC-008) gives them, with what they are about.
_TAGS: dict[int, tuple[FactKind, str]] = {
    ExifTags.Base.Make: ("camera", "camera make"),
    ExifTags.Base.Model: ("camera", "camera model"),
    ExifTags.Base.Software: ("camera", "software"),
    ExifTags.Base.Artist: ("person", "artist"),
    ExifTags.Base.Copyright: ("person", "copyright"),
    ExifTags.Base.HostComputer: ("device", "host computer"),
    ExifTags.Base.ImageDescription: ("file", "description"),
}
_DETAIL_TAGS: dict[int, tuple[FactKind, str]] = {
    ExifTags.Base.LensModel: ("camera", "lens"),
    ExifTags.Base.BodySerialNumber: ("device", "camera serial number"),
    ExifTags.Base.CameraOwnerName: ("person", "camera owner"),
    ExifTags.Base.OffsetTimeOriginal: ("place", "time zone"),
    ExifTags.Base.ImageUniqueID: ("file", "picture id"),
}


def facts_of(picture: Image.Image) -> tuple[Fact, ...]:
    """The facts of an open picture; none where it has no EXIF or one that cannot be read."""
    try:
        exif = picture.getexif()
        return (*_told(exif, _TAGS), *_told(_part(exif, ExifTags.IFD.Exif), _DETAIL_TAGS), *_place(exif))
    except Exception:  # noqa: BLE001 (parsers of damaged EXIF raise nearly anything, and the picture itself is fine)
        return ()


def _told(part: Any, tags: dict[int, tuple[FactKind, str]]) -> Iterator[Fact]:
    for tag, (kind, label) in tags.items():
        if value := _text(part.get(tag)):
            yield Fact(kind, label, value, "EXIF")


def _place(exif: Image.Exif) -> Iterator[Fact]:
    gps = _part(exif, ExifTags.IFD.GPSInfo)
    with suppress(KeyError, TypeError, ValueError, ZeroDivisionError):
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            yield Fact("place", "place", f"{latitude:.6f}, {longitude:.6f}", "EXIF")


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


def _part(exif: Image.Exif, number: int) -> Any:
    with suppress(Exception):
        return exif.get_ifd(number)
    return {}


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return clean(value).strip()[:_LONGEST] if isinstance(value, str) else ""
