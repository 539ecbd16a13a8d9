"""Whether there is room for more: every place that intake writes to keeps the reserve that the settings ask for."""

import errno
import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from config.settings import Settings
from jobs.errors import DiskFull

_MEBIBYTE = 2**20
# No room on the disk, an account's share of it spent, or a limit on the size of a file.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Room:
    """The place with the least room and the bytes that are free there."""

    place: Path
    free: int


def least_room(settings: Settings) -> Room:
    """The fullest of the places that intake writes to: the home (inputs put aside), the vault, the database's folder.

    The disk of a database server is that server's to watch.
    """
    return min((Room(place, shutil.disk_usage(place).free) for place in _places(settings)), key=lambda one: one.free)


def require_room(settings: Settings, coming: int = 0) -> None:
    """Raise DiskFull unless the reserve stays free with so many bytes more."""
    room, reserve = least_room(settings), settings.health.disk_reserve_bytes
    if room.free - coming < reserve:
        wanted = f" and {coming // _MEBIBYTE} MiB are to come" if coming >= _MEBIBYTE else ""
        raise DiskFull(
            f"{room.place} has {room.free // _MEBIBYTE} MiB free{wanted}; "
            f"below {reserve // _MEBIBYTE} MiB nothing is taken in.",
            "Make room, or set health.disk_reserve_bytes, and repeat; what is recorded already is safe.",
        )


def is_full(error: BaseException | None) -> bool:
    """Whether an error says that a disk or an account's share of it is full."""
    return isinstance(error, OSError) and error.errno in _FULL


def full(place: Path) -> DiskFull:
    """The error to raise where something could not be written for lack of room."""
    return DiskFull(
        f"There is no room left in {place}; taking in stopped there.",
        "Make room and repeat the command: what is recorded already stays, and comes in once.",
    )


def _places(settings: Settings) -> list[Path]:
    paths = settings.paths
    return [paths.home, paths.vault, *_database_folder(settings)]


def _database_folder(settings: Settings) -> list[Path]:
    if settings.database_url is None:
        return []  # In the home.
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    folder = Path(url.database).absolute().parent
    return [folder] if folder.is_dir() else []
