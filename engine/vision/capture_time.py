"""When a picture or video was made, as its file says; a file that does not say, or says the impossible, is unknown.

Cameras without a set clock write nonsense, and anybody can write anything: what is read here is a claim of the file.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from PIL import Image
from PIL.ExifTags import IFD, Base

# EXIF 3.0 (CIPA DC-008): "YYYY:MM:DD HH:MM:SS", and the offset from UTC as "+HH:MM"; some programs write dashes.
_EXIF = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")
# Names under which FFmpeg gives a film's date, the one that knows its time zone first.
_FILM_DATES = ("com.apple.quicktime.creationdate", "creation_time", "date")
# Nothing digital is older than this: MP4 counts from 1904 and computers from 1970, and both begin there unset.
_OLDEST_FILM = datetime(1980, 1, 2, tzinfo=UTC)
_OLDEST_PICTURE = datetime(1900, 1, 1, tzinfo=UTC)


def of_picture(picture: Image.Image) -> datetime | None:
    """The EXIF DateTimeOriginal in UTC, or None; a time without an offset counts as UTC, hours wrong at most."""
    try:
        details = picture.getexif().get_ifd(IFD.Exif)
    except Exception:  # noqa: BLE001 - damaged EXIF data raises nearly anything, and is no reason to lose the picture
        return None
    written = _EXIF.match(str(details.get(Base.DateTimeOriginal, "")))
    if written is None:
        return None
    return _plausible(_moment(written.groups(), str(details.get(Base.OffsetTimeOriginal, ""))), _OLDEST_PICTURE)


def of_film(metadata: Mapping[str, str]) -> datetime | None:
    """A container's creation time in UTC from its metadata, as FFmpeg names it, or None."""
    for name in _FILM_DATES:
        try:
            moment = datetime.fromisoformat(metadata.get(name, "").strip())
        except ValueError:
            continue
        known = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        if found := _plausible(known, _OLDEST_FILM):
            return found
    return None


def _moment(numbers: tuple[str, ...], offset: str) -> datetime | None:
    year, month, day, hour, minute, second = map(int, numbers)
    ahead = _OFFSET.match(offset.strip("\0 "))
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        if ahead is None:
            return local
        shift = timedelta(hours=int(ahead[2]), minutes=int(ahead[3]))
        return local - shift if ahead[1] == "+" else local + shift
    except (ValueError, OverflowError):
        return None


def _plausible(moment: datetime | None, oldest: datetime) -> datetime | None:
    """The moment in UTC, unless nobody can have made the file then."""
    if moment is None or not oldest <= moment <= datetime.now(UTC) + timedelta(days=1):
        return None
    return moment.astimezone(UTC)
