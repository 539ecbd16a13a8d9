"""Finds the files that a list names: beside it on the disk, or in the bundle that it came in; never anywhere else."""

import stat
from pathlib import Path
from typing import Protocol

from engine.formats.bundle import Bundle
from engine.formats.incoming import RefusedInput
from engine.formats.limits import Limits
from engine.formats.looking import Member, look_at_path
from engine.formats.text import printable

_NOT_THERE = "the list names it, and it is not there"


class Files(Protocol):
    """Where the files of a list lie."""

    def find(self, name: str) -> Member | RefusedInput:
        """The file of a name in the list, with slashes of either kind, or why it is refused."""


class Beside:
    """Files at and below the folder that the list lies in."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """Look in this folder."""
        self._folder, self._limits = folder, limits

    def find(self, name: str) -> Member | RefusedInput:
        """The file of a name in the list, with slashes of either kind, or why it is refused."""
        parts = path_parts(name)
        if not parts or ".." in parts:
            return RefusedInput(printable(name), "it lies outside the folder of the list")
        path = self._folder
        try:
            for part in parts:
                path = path / part
                if stat.S_ISLNK(path.lstat().st_mode):
                    return RefusedInput(printable(name), "there is a symbolic link on the way to it")
        except (OSError, ValueError):
            return RefusedInput(printable(name), _NOT_THERE)
        return look_at_path(path, "/".join(parts), self._limits)


class Nowhere:
    """For a list that came alone, from somebody who has no folder here: it names files and brings none."""

    def find(self, name: str) -> Member | RefusedInput:
        """Why the file is refused."""
        return RefusedInput(printable(name), "the list came without its files; send both in one archive")


class Within:
    """Files of a bundle, found by their names in it whatever the case of the letters."""

    def __init__(self, bundle: Bundle, folder: str = "") -> None:
        """Look at and below a folder of the bundle, which ends with a slash."""
        self._members = {one.name.removeprefix(folder).casefold(): one for one in bundle.members}
        self._refused = {one.path.removeprefix(folder).casefold(): one for one in bundle.refused}

    def find(self, name: str) -> Member | RefusedInput:
        """The file of a name in the list, with slashes of either kind, or why it is refused."""
        wanted = "/".join(path_parts(name)).casefold()
        return self._members.get(wanted) or self._refused.get(wanted) or RefusedInput(printable(name), _NOT_THERE)


def path_parts(name: str) -> list[str]:
    """The folders and the name of a path, whichever slashes it is written with."""
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
