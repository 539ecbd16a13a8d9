"""A folder on the disk as a bundle: every file below it, with links and what is no file refused by name."""

import stat
from pathlib import Path

from engine.formats.bundle import Bundle
from engine.formats.incoming import RefusedInput
from engine.formats.limits import Limits
from engine.formats.looking import Member, look_at_path
from engine.formats.text import printable


def read_folder(folder: Path, limits: Limits) -> Bundle:
    """All files below a folder in the order of their paths; hidden files and folders are passed over."""
    paths, refused = _below(folder)
    members: list[Member] = []
    for path in paths:
        found = look_at_path(path, path.relative_to(folder).as_posix(), limits)
        members.append(found) if isinstance(found, Member) else refused.append(found)
    return Bundle(printable(folder), tuple(members), tuple(refused))


def entries(folder: Path) -> list[Path]:
    """What lies in a folder, sorted by name, without hidden ones; raises OSError where it cannot be listed."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def is_folder(path: Path) -> bool:
    """Whether a path is a folder itself, not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _below(folder: Path) -> tuple[list[Path], list[RefusedInput]]:
    paths: list[Path] = []
    refused: list[RefusedInput] = []
    # A list of what is still to be looked at, not recursion: folders can be nested deeper than calls may be.
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if not is_folder(path):
            paths.append(path)
            continue
        try:
            waiting.extend(entries(path))
        except OSError as error:
            name = "." if path == folder else path.relative_to(folder)
            refused.append(RefusedInput(printable(name), f"the folder cannot be listed: {error.strerror}"))
    return sorted(paths), refused
