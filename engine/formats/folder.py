"""A folder on the disk as one report: every file below it, and `report.txt` at its top as what the report says."""

import stat
from collections.abc import Sequence
from pathlib import Path

from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput, printable
from engine.formats.single import examine

NARRATIVE_FILE = "report.txt"
_NARRATIVE_BYTES = 1_000_000
_REASONS_SHOWN = 3


def read_folder(folder: Path, max_bytes: int | None = None) -> IncomingReferral | RefusedInput:
    """A referral of all files below a folder, in the order of their paths, or why it is refused.

    Hidden files and folders are passed over; links, unreadable folders and what is no file are refused by name.
    """
    paths, refused = _below(folder)
    files: list[IncomingFile] = []
    narrative = None
    for path in paths:
        name = path.relative_to(folder).as_posix()
        file = examine(path, name, max_bytes)
        if isinstance(file, RefusedInput):
            refused.append(file)
        elif name.lower() == NARRATIVE_FILE and file.kind == "unknown":
            try:
                narrative = _narrative(path)
            except OSError as error:
                refused.append(RefusedInput(file.name, f"it cannot be read: {error.strerror}"))
        else:
            files.append(file)
    if not files:
        return RefusedInput(printable(folder), _why_empty(refused))
    return IncomingReferral(printable(folder), tuple(files), tuple(refused), narrative=narrative)


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


def _narrative(path: Path) -> str:
    with path.open("rb") as file:
        text = file.read(_NARRATIVE_BYTES).decode("utf-8-sig", "replace")
        if file.read(1):
            text += f"\n[cut off here: {NARRATIVE_FILE} has more than {_NARRATIVE_BYTES:,} bytes]"
    # PostgreSQL's texts cannot hold a zero character.
    return text.replace("\0", "").strip()


def _why_empty(refused: Sequence[RefusedInput]) -> str:
    if not refused:
        return "the folder holds no files"
    shown = "; ".join(f"{file.path}: {file.reason}" for file in refused[:_REASONS_SHOWN])
    more = len(refused) - _REASONS_SHOWN
    return f"nothing in the folder can be taken in: {shown}" + (f"; and {more} more" if more > 0 else "")
