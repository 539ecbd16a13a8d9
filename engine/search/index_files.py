"""The files of a published index: written whole beside the last good one, checked byte for byte before they are used.

    <index>/<scope>/<space>/
        LOCK                    held (flock) by the one process that builds; a crash lets go of it
        CURRENT                 the generation in use and the SHA-256 of its meta.json
        000042/                 a generation: meta.json and the files whose SHA-256 it names
        000042/checked.json     how those files looked from outside when their bytes were last found right
        REFUSED                 why the last build was not published; gone with the next that is
        building/               what a crash left of a build; the next build removes it

A reader goes from CURRENT to meta.json to the files, so a file that was cut short, changed or swapped is noticed. The
bytes of files that look as they did when they were last found right are read again only on demand. Older generations
are removed as soon as a newer one is published: what was erased from the records leaves the disk with them.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from engine.records.custody.files import settle, sync_folder
from engine.search.errors import IndexBusy, IndexUnusable

_CURRENT, _LOCK, _BUILDING, _META, _CHECKED = "CURRENT", "LOCK", "building", "meta.json", "checked.json"

#: Says why the last build was not published.
REFUSED = "REFUSED"
_CHUNK = 1 << 20
_HINT = "Build it again: triage index build"


@dataclass(frozen=True, slots=True)
class Generation:
    """One published generation whose files were checked; `meta` is what its builder wrote of it."""

    folder: Path
    meta: dict[str, Any]

    @property
    def name(self) -> str:
        """The generation's number, as searches name the snapshot they used."""
        return self.folder.name

    def array(self, name: str) -> Any:
        """A file of the generation as a read-only array, mapped into memory; raises IndexUnusable where it is gone."""
        try:
            return _mapped(self.folder / f"{name}.npy")
        except OSError as error:
            raise IndexUnusable(f"The index in {self.folder} cannot be read: {error}.", _HINT) from error


class Build:
    """A generation being written; the files count once `publish` returns."""

    def __init__(self, folder: Path, name: str) -> None:
        """Start in an empty building folder; `name` is what the generation will be called."""
        self.name = name
        self._parent = folder
        self._folder = folder / _BUILDING
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._folder.mkdir(mode=0o700)
        self._checksums: dict[str, str] = {}

    def write(self, name: str, dtype: DTypeLike, shape: tuple[int, ...], parts: Iterable[np.ndarray[Any, Any]]) -> None:
        """Write one array from parts that follow each other along the first axis.

        Raises IndexUnusable where the parts do not add up to the shape.
        """
        path = self._folder / f"{name}.npy"
        with path.open("wb") as file:
            kind = np.dtype(dtype)
            header = {"descr": np.lib.format.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(file, header)
            rows = 0
            for part in parts:
                rows += len(part)
                file.write(np.ascontiguousarray(part, dtype=kind).tobytes())
            settle(file)
        if rows != shape[0]:
            raise IndexUnusable(f"The faces changed during the build: {rows} of {shape[0]} {name} were found.", _HINT)
        self._checksums[path.name] = _sha256(path)

    def array(self, name: str) -> Any:
        """An array that was written, mapped into memory."""
        return _mapped(self._folder / f"{name}.npy")

    def publish(self, meta: dict[str, Any]) -> Generation:
        """Make this generation the one in use and remove the older ones."""
        text = json.dumps(meta | {"files": self._checksums}, sort_keys=True, indent=1)
        _write_whole(self._folder / _META, text)
        sync_folder(self._folder)
        target = self._parent / self.name
        self._folder.rename(target)
        made = Generation(target, json.loads(text))
        _note_checked(made)
        pointer = self._parent / f"{_CURRENT}.new"
        _write_whole(pointer, f"{self.name} {hashlib.sha256(text.encode()).hexdigest()}\n")
        pointer.rename(self._parent / _CURRENT)
        sync_folder(self._parent)
        (self._parent / REFUSED).unlink(missing_ok=True)
        _remove_others(self._parent, self.name)
        return made

    def refuse(self, why: str) -> None:
        """Leave word that this generation was not fit to be published, and nothing else of it."""
        _write_whole(self._parent / REFUSED, why)
        shutil.rmtree(self._folder)


@contextmanager
def building(folder: Path) -> Iterator[Build]:
    """A build in this folder by this process alone; raises IndexBusy while another process builds there.

    What an interrupted build leaves behind is never read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        numbers = [int(generation.name) for generation in _generations(folder)]
        yield Build(folder, f"{max(numbers, default=0) + 1:06d}")


def tidy(folder: Path) -> None:
    """Remove what interrupted builds left there, older generations too; raises IndexBusy."""
    with _alone(folder):
        shutil.rmtree(folder / _BUILDING, ignore_errors=True)
        with suppress(IndexUnusable):
            _remove_others(folder, current(folder)[0])


def remove(folder: Path) -> None:
    """Remove an index and everything that is left of others in its folder; raises IndexBusy."""
    with _alone(folder):
        shutil.rmtree(folder)


def last_check(folder: Path) -> float:
    """When every byte of the generation in use was last found right, in seconds since 1970; raises IndexUnusable."""
    try:
        return (folder / current(folder)[0] / _CHECKED).stat().st_mtime
    except OSError:
        return 0.0


def refusal(folder: Path) -> str | None:
    """Why the last build there was not published; None where it was."""
    try:
        return (folder / REFUSED).read_text(encoding="utf-8")
    except OSError:
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexBusy(
                f"Another process is building the index in {folder}.",
                "Wait until it is done.",
            ) from error
        yield
    finally:
        # Closing lets go of the lock, and so does the kernel where the process dies.
        os.close(lock)


def current(folder: Path) -> tuple[str, str]:
    """The generation in use and the SHA-256 of its meta.json; raises IndexUnusable where none is published."""
    try:
        name, digest = (folder / _CURRENT).read_text(encoding="ascii").split()
    except FileNotFoundError as error:
        raise IndexUnusable(f"No index is published in {folder}.", _HINT) from error
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"{folder / _CURRENT} cannot be read: {error}.", _HINT) from error
    return name, digest


def open_generation(folder: Path, name: str, digest: str, *, thorough: bool = False) -> Generation:
    """Check a generation; raises IndexUnusable naming the file that is gone or not as it was written.

    thorough: whether to read every byte again of files that look as they did when they were last found right.
    """
    try:
        text = (folder / name / _META).read_bytes()
        if hashlib.sha256(text).hexdigest() != digest:
            raise IndexUnusable(f"{folder / name / _META} is not the file that was published.", _HINT)
        generation = Generation(folder / name, json.loads(text))
        if not thorough and _looks_as_checked(generation):
            return generation
        (folder / name / _CHECKED).unlink(missing_ok=True)
        for file, checksum in generation.meta["files"].items():
            if _sha256(folder / name / file) != checksum:
                raise IndexUnusable(f"{folder / name / file} is not the file that was published.", _HINT)
        _note_checked(generation)
    except OSError as error:
        raise IndexUnusable(f"The index in {folder / name} cannot be read: {error}.", _HINT) from error
    return generation


def stamp(generation: Generation) -> tuple[tuple[int, ...], ...]:
    """What changes when a file of the generation is replaced, cut short or written to; raises IndexUnusable."""
    try:
        stats = [(generation.folder / name).stat() for name in (_META, *sorted(generation.meta["files"]))]
    except OSError as error:
        raise IndexUnusable(f"The index in {generation.folder} cannot be read: {error}.", _HINT) from error
    return tuple((each.st_ino, each.st_size, each.st_mtime_ns, each.st_ctime_ns) for each in stats)


def _looks_as_checked(generation: Generation) -> bool:
    try:
        noted = json.loads((generation.folder / _CHECKED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    return bool(noted == [list(each) for each in stamp(generation)])


def _note_checked(generation: Generation) -> None:
    # Written aside and renamed: two processes may have checked at the same time.
    aside = generation.folder / f"{_CHECKED}.{os.getpid()}"
    _write_whole(aside, json.dumps(stamp(generation)))
    aside.rename(generation.folder / _CHECKED)


def _remove_others(folder: Path, name: str) -> None:
    for generation in _generations(folder):
        if generation.name != name:
            shutil.rmtree(generation)


def _generations(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir() and path.name.isdecimal()]


def _mapped(path: Path) -> Any:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        # A file without rows has no bytes to map.
        return np.load(path, allow_pickle=False)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_whole(path: Path, text: str) -> None:
    with path.open("wb") as file:
        file.write(text.encode())
        settle(file)
