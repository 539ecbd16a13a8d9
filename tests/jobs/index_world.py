"""A home with one gallery of so many made-up faces that an index is worth having, for the tests of its builds."""

from pathlib import Path

from config.paths import Paths
from engine.records.deployment import Records
from engine.records.scopes import Scope
from engine.search.index import IndexReader, folder_of
from engine.search.index_files import current, open_generation
from jobs.bench.standing_unit import GALLERY, SPACE, fill_unit
from jobs.index_builds import IndexLag, lags

FACES = 2_100
SCOPE = Scope(GALLERY)


def fill(records: Records) -> None:
    with records.database.write() as session:
        fill_unit(session, 0, FACES)


def folder_in(paths: Paths) -> Path:
    """Where the gallery's index is."""
    return folder_of(paths.index, SCOPE, SPACE)


def lag_of(records: Records, paths: Paths, scope: Scope = SCOPE) -> IndexLag:
    with records.database.read() as session:
        return next(lag for lag in lags(session, paths) if lag.scope == scope)


def snapshot(folder: Path) -> str:
    """The generation in use, every byte of it read again."""
    return open_generation(folder, *current(folder), thorough=True).name


def opened(paths: Paths) -> int:
    """How many faces the index has that a search opens."""
    return len(IndexReader(paths.index).open(SCOPE, SPACE).rows)
