"""A folder in which reports arrive: what is complete is taken in, and moved to `done` or `refused` with a note beside.

The move is the commit: until then an entry counts as not taken in, and taking it in again only makes a duplicate that
says so. The folder is looked at again and again, because file systems of a network do not tell when a file arrives.
"""

import json
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from engine.formats.text import printable
from engine.records.actors import Actor
from jobs.enqueue import Order, Say, enqueue
from jobs.errors import BadInput
from jobs.workbench import Workbench

log = structlog.get_logger()

DONE, REFUSED = "done", "refused"
#: Names that programs give to what they are still writing.
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", ".swp")


@dataclass(frozen=True, slots=True)
class Shape:
    """What tells that something changed: how many files, how many bytes, and when the youngest was written."""

    files: int
    size: int
    written_ns: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An entry that was dealt with: where it lies now, and what became of it."""

    name: str
    place: Path
    receipt: dict[str, Any]

    @property
    def refused(self) -> bool:
        """Whether nothing of it was taken in."""
        return self.place.parent.name == REFUSED


@dataclass
class WatchedFolder:
    """The entries of a folder, and since when each looks as it does; an entry is complete after `still_seconds`."""

    folder: Path
    still_seconds: float
    _since: dict[str, tuple[Shape, float]] = field(default_factory=dict, repr=False)

    def prepare(self) -> None:
        """Make `done` and `refused`; raises BadInput where entries could not be moved there."""
        try:
            for name in (DONE, REFUSED):
                (self.folder / name).mkdir(exist_ok=True)
                probe = self.folder / name / f".triage-{os.getpid()}"
                (self.folder / f".triage-{os.getpid()}").touch()
                (self.folder / f".triage-{os.getpid()}").rename(probe)
                probe.unlink()
        except OSError as error:
            raise BadInput(
                f"{printable(self.folder)} cannot be watched: {error.strerror}.",
                f"This account must be able to write in it and to make {DONE} and {REFUSED} there.",
            ) from error

    def complete(self) -> list[Path]:
        """The entries that have not changed for long enough, oldest first; raises OSError where it cannot be listed."""
        at, shapes = time.monotonic(), dict(self._shapes())
        known = self._since
        self._since = {
            name: (shape, known[name][1] if name in known and known[name][0] == shape else at)
            for name, shape in shapes.items()
        }
        ready = [name for name, (_, since) in self._since.items() if at - since >= self.still_seconds]
        return [self.folder / name for name in sorted(ready, key=lambda name: (shapes[name].written_ns, name))]

    def unchanged(self, path: Path) -> bool:
        """Whether an entry still looks as it did when it was complete."""
        return path.name in self._since and _shape(path) == self._since[path.name][0]

    def start_again(self, path: Path) -> None:
        """Wait anew until an entry is still."""
        self._since.pop(path.name, None)

    def move(self, path: Path, receipt: dict[str, Any]) -> Taken:
        """Move an entry that was dealt with, its note first; raises OSError where it cannot be moved."""
        kind = DONE if receipt["referrals"] else REFUSED
        place = self.folder / kind / f"{receipt['batch']}-{path.name}"
        if receipt["refused"]:
            _write(place.with_name(f"{place.name}.reason.txt"), _reasons(receipt))
        _write(place.with_name(f"{place.name}.receipt.json"), json.dumps(receipt, indent=2, default=str) + "\n")
        path.rename(place)
        _sync(place.parent)
        _sync(self.folder)
        self._since.pop(path.name, None)
        return Taken(path.name, place, receipt)

    def _shapes(self) -> Iterator[tuple[str, Shape]]:
        for entry in self.folder.iterdir():
            if entry.name in (DONE, REFUSED) or _is_unfinished(entry.name):
                continue
            shape = _shape(entry)
            if shape is not None:
                yield entry.name, shape


def take_in_complete(bench: Workbench, watched: WatchedFolder, *, actor: Actor, say: Say) -> Iterator[Taken]:
    """Take in what is complete, each entry as a batch of its own, and move it; one after the other.

    Raises IntakePaused, DiskFull and Down before an entry, which then stays where it is; OSError where one cannot be
    moved: what was taken in of it is a duplicate the next time.
    """
    for path in watched.complete():
        if not watched.unchanged(path):
            continue  # Written to, or taken away, while the ones before it were dealt with.
        receipt = enqueue(bench, [path], Order(), actor=actor, say=say)
        if watched.unchanged(path):
            yield watched.move(path, receipt.document)
        else:
            log.warning("entry changed while it was taken in", batch=receipt.document["batch"])
            watched.start_again(path)


def waiting_in(folder: Path) -> int:
    """How many entries wait in a folder that is watched, complete or not; raises OSError."""
    return sum(one.name not in (DONE, REFUSED) and not _is_unfinished(one.name) for one in folder.iterdir())


def refused_in(folder: Path) -> int:
    """How many refused entries lie in a folder that is watched; raises OSError."""
    notes = (".reason.txt", ".receipt.json")
    return sum(not one.name.startswith(".") and not one.name.endswith(notes) for one in (folder / REFUSED).iterdir())


def _is_unfinished(name: str) -> bool:
    return name.startswith((".", "~")) or name.endswith("~") or name.lower().endswith(_UNFINISHED)


def _shape(path: Path) -> Shape | None:
    """The shape of a file, or of a folder with all in it; none while something in it is unfinished or vanishes."""
    try:
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            return Shape(1, status.st_size, status.st_mtime_ns)
        files, size, written = 0, 0, status.st_mtime_ns
        for folder, folders, names in os.walk(path, onerror=_raise):
            for name in (*folders, *names):
                if name in names and name.lower().endswith(_UNFINISHED):
                    return None
                status = Path(folder, name).lstat()
                files, size, written = files + 1, size + status.st_size, max(written, status.st_mtime_ns)
        return Shape(files, size, written)
    except OSError:
        return None


def _raise(error: OSError) -> None:
    raise error


def _reasons(receipt: dict[str, Any]) -> str:
    """A line for each file that was refused: its name and the reason."""
    return "".join(f"{one['path']}: {one['reason']}\n" for one in receipt["refused"])


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.part")
    with draft.open("w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
