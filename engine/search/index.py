"""The published index of one scope in one space: a copy of the findable faces that a scan reads from mapped memory.

It says which row it has seen last; whatever is newer is read from the records. It can be built again at any time.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.faces import findable
from engine.records.schema import LedgerEvent, LedgerHead
from engine.records.scopes import MATERIAL, Scope
from engine.search.calibration import strangers_among
from engine.search.canary import Columns, try_out
from engine.search.codes import BLOCK, Codes, Whole, centre_of, directed, encode
from engine.search.errors import IndexRefused, IndexUnusable
from engine.search.index_files import Build, Generation, building, current, open_generation, stamp
from engine.search.living import Memory
from engine.search.rarity import STRANGERS
from engine.search.space import Space, Vectors, checked

_HINT = "Build it again: triage index build"

#: A place in the ledger and the seal there: records that do not hold it are not the ones an index was built from.
Mark = tuple[int, str | None]


@dataclass(frozen=True, slots=True)
class PublishedIndex:
    """A checked index: row i of every array is one findable face, in the order of the rows' numbers.

    snapshot: the generation's name. rows, owners, faces: int64 [N]. vectors: float32 [N, D] as the records hold them;
    codes: the same in short. built_at: seconds since 1970. strangers: STRANGERS [M] of a gallery, empty for the
    material, whose people are not known.
    """

    snapshot: str
    seen_row: int
    mark: Mark
    built_at: float
    build_seconds: float
    rows: NDArray[np.int64]
    owners: NDArray[np.int64]
    faces: NDArray[np.int64]
    vectors: Vectors
    codes: Codes
    strangers: NDArray[np.void]
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)


def build(session: Session, root: Path, scope: Scope, space: Space) -> PublishedIndex:
    """Publish the findable faces of a scope in a space as they are now; the index in use before stays until the end.

    Raises IndexBusy while another process builds it, IndexRefused where a trial search went wrong, BadVector or
    SpaceMismatch for a vector that does not belong, and IndexUnusable where the faces changed under the build.
    """
    started = time.monotonic()
    with building(folder_of(root, scope, space)) as draft:
        taken = _Columns()
        total = findable.count(session, scope, space.id)
        draft.write("vectors", "<f4", (total, space.dimension), taken.pass_on(session, scope, space))
        for name, column in (("rows", taken.rows), ("owners", taken.owners), ("faces", taken.faces)):
            draft.write(name, "<i8", (total,), column)
        write_codes(draft, space)
        _write_strangers(session, draft, scope, space, taken)
        try:
            try_out(session, scope, space, taken.joined(), draft.array("vectors"), codes_of(draft.array))
        except IndexRefused as error:
            draft.refuse(error.message)
            raise
        mark = _newest_mark(session)
        meta = {
            "built_at": time.time(),
            "build_seconds": time.monotonic() - started,
            "scope": scope.name,
            "space": space.id,
            "seen_row": int(taken.rows[-1][-1]) if taken.rows else 0,
            "count": total,
            "mark": list(mark),
        }
        return _published(draft.publish(meta))


class IndexReader:
    """Opens the indexes in a folder and keeps them open; checksums are computed again only where a file has changed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._open: dict[Path, tuple[Generation, tuple[tuple[int, ...], ...], PublishedIndex]] = {}

    def open(self, scope: Scope, space: Space, *, thorough: bool = False) -> PublishedIndex:
        """The index in use; raises IndexUnusable, which names the file, where there is none to be trusted.

        thorough: read every byte of its files again.
        """
        folder = folder_of(self._root, scope, space)
        name, digest = current(folder)
        try:
            if thorough:
                self._open.pop(folder, None)
                open_generation(folder, name, digest, thorough=True)
            return self._opened(folder, name, digest, scope, space)
        except IndexUnusable:
            newer = current(folder)
            if newer == (name, digest):
                raise
            # A build published and cleared the older generation away between two looks.
            return self._opened(folder, *newer, scope, space)

    def _opened(self, folder: Path, name: str, digest: str, scope: Scope, space: Space) -> PublishedIndex:
        known = self._open.get(folder)
        if known and known[0].name == name and known[1] == stamp(known[0]):
            return known[2]
        self._open.pop(folder, None)
        generation = open_generation(folder, name, digest)
        if (generation.meta["scope"], generation.meta["space"]) != (scope.name, space.id):
            raise IndexUnusable(
                f"The index in {generation.folder} is of {generation.meta['scope']} in space "
                f"{generation.meta['space']}, not of {scope.name} in space {space.id}.",
                _HINT,
            )
        published = _published(generation)
        self._open[folder] = (generation, stamp(generation), published)
        return published


def require_same_records(session: Session, published: PublishedIndex) -> None:
    """Raise IndexUnusable where the index was built from other records, or from these before they were restored."""
    number, seal = published.mark
    if session.scalar(select(LedgerEvent.seal).where(LedgerEvent.id == number)) != seal:
        raise IndexUnusable(f"The index {published.snapshot} was not built from these records.", _HINT)


class _Columns:
    """Keeps the small columns of the blocks whose vectors it passes on."""

    def __init__(self) -> None:
        self.rows: list[NDArray[np.int64]] = []
        self.owners: list[NDArray[np.int64]] = []
        self.faces: list[NDArray[np.int64]] = []

    def joined(self) -> Columns:
        """Each column as one, int64 [N]."""
        named = (("rows", self.rows), ("owners", self.owners), ("faces", self.faces))
        return {name: np.concatenate([np.empty(0, np.int64), *parts]) for name, parts in named}

    def pass_on(self, session: Session, scope: Scope, space: Space) -> Iterator[Vectors]:
        for block in findable.rows(session, scope, space.id):
            vectors = checked(space, block.vectors, f"The faces of {scope.name} from row {block.ids[0]} on")
            self.rows.append(block.ids)
            self.owners.append(block.owner_ids)
            self.faces.append(block.face_ids)
            yield vectors


def write_codes(draft: Build, space: Space) -> None:
    """Add the short copy of the vectors that were written."""
    vectors = draft.array("vectors")
    centre = centre_of(space.metric, vectors)
    columns: dict[str, list[Vectors]] = {"steps": [], "squares": [], "losses": []}

    def values() -> Iterator[Whole]:
        for start in range(0, len(vectors), BLOCK):
            part = encode(centre, directed(space.metric, vectors[start : start + BLOCK]))
            for name, column in columns.items():
                column.append(getattr(part, name))
            yield part.values

    draft.write("values", "i1", vectors.shape, values())
    for name, column in columns.items():
        draft.write(name, "<f4", (len(vectors),), column)
    draft.write("centre", "<f8", centre.shape, [centre])


def _write_strangers(session: Session, draft: Build, scope: Scope, space: Space, taken: _Columns) -> None:
    found = np.empty(0, STRANGERS)
    if taken.rows and scope != MATERIAL:
        owners, faces = np.concatenate(taken.owners), np.concatenate(taken.faces)
        found = strangers_among(session, space, owners, faces, draft.array("vectors"))
    draft.write("strangers", STRANGERS, found.shape, [found])


def _newest_mark(session: Session) -> Mark:
    head = session.execute(select(LedgerHead.length, LedgerHead.seal)).first()
    return (head.length, head.seal) if head else (0, None)


def _published(generation: Generation) -> PublishedIndex:
    meta = generation.meta
    number, seal = meta["mark"]
    arrays = {name: generation.array(name) for name in ("rows", "owners", "faces", "vectors", "strangers")}
    codes = codes_of(generation.array)
    return PublishedIndex(
        generation.name,
        meta["seen_row"],
        (number, seal),
        meta["built_at"],
        meta["build_seconds"],
        codes=codes,
        **arrays,
    )


def codes_of(array: Callable[[str], Any]) -> Codes:
    """The short copy in a generation or a draft, whose `array` gives its files."""
    return Codes(*(array(name) for name in ("centre", "values", "steps", "squares", "losses")))


def folder_of(root: Path, scope: Scope, space: Space) -> Path:
    """Where the index of a scope in a space lives."""
    return root / scope.name / space.id
