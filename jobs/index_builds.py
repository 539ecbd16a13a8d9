"""Which published indexes have fallen behind the records, and building those again."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from config.errors import TriageError
from config.models import Metric
from config.paths import Paths
from engine.records.deployment import Records
from engine.records.faces import fills, findable
from engine.records.faces.spaces import get_space, space_at_work
from engine.records.people.galleries import list_galleries
from engine.records.scopes import MATERIAL, Scope
from engine.search import index
from engine.search.errors import IndexBusy, IndexRefused, IndexUnusable
from engine.search.index_files import REFUSED, last_check, refusal, remove, tidy
from engine.search.space import Space

log = structlog.get_logger()

# Below this many faces reading the records takes no longer than reading an index.
_WORTH_AN_INDEX = 2_000
# Newer faces are read from the records at each search; from this share of the index on, a new one is built.
_SHARE_BEHIND = 0.05
# So many newer faces make every search slower, whatever share they are; a new index follows once the last has rested.
_MANY_NEWER = 10_000
# What was removed leaves the disk with the next index. Of the time at most one part in so many goes into building.
_REST = 20
_DAY_SECONDS, _HOUR_SECONDS = 86_400.0, 3_600.0


@dataclass(frozen=True, slots=True)
class IndexLag:
    """How far the index of a scope is behind: faces in the records, and those that the index in use lacks or has too
    many; `usable` is False where there is none to be trusted.

    overdue: whether it holds faces that were removed, or lacks many, for longer than it should. refused: why the last
    build was not published.
    """

    scope: Scope
    faces: int
    behind: int
    usable: bool
    overdue: bool = False
    refused: str | None = None

    @property
    def due(self) -> bool:
        """Whether searches would gain from a new index, or what was removed must leave the disk."""
        behind = not self.usable or self.behind > _SHARE_BEHIND * self.faces
        return self.overdue or (self.faces >= _WORTH_AN_INDEX and behind)


def working_space(session: Session) -> Space | None:
    """The space the unit works in; none before the first model was put to work."""
    row = space_at_work(session)
    return None if row is None else known_space(session, row.id)


def known_space(session: Session, space_id: str) -> Space:
    """A space of the records as searches take it; raises NotFound."""
    row = get_space(session, space_id)
    metric: Metric = "cosine" if row.metric == "cosine" else "euclidean"
    return Space(row.id, row.model, row.dimension, metric, row.description)


def lags(
    session: Session, paths: Paths, reader: index.IndexReader | None = None, *, thorough: bool = False
) -> list[IndexLag]:
    """The lag of every gallery's index and of the material's, in the space at work; changes no index.

    thorough: read every byte of the indexes again.
    """
    space = working_space(session)
    if space is None:
        return []
    read_again = (lambda _: True) if thorough else (lambda _: False)
    return _lags_in(session, paths, reader or index.IndexReader(paths.index), space, read_again)


def _lags_in(
    session: Session, paths: Paths, reader: index.IndexReader, space: Space, read_again: Callable[[Path], bool]
) -> list[IndexLag]:
    found = []
    for scope in (*(Scope(summary.gallery.id) for summary in list_galleries(session)), MATERIAL):
        folder = index.folder_of(paths.index, scope, space)
        lag = _lag(session, reader, scope, space, read_again(folder))
        found.append(replace(lag, refused=refusal(folder)))
    return found


def work_waits(records: Records, paths: Paths, reader: index.IndexReader) -> bool:
    """Whether `build_behind` would build something, or read it again; it takes no longer than counting faces.

    reader: keeps those open that were checked before.
    """
    with records.database.read() as session:
        for space in _kept_spaces(session):
            for lag in _lags_in(session, paths, reader, space, lambda _: False):
                folder = index.folder_of(paths.index, lag.scope, space)
                if (lag.due and not _refused_lately(folder)) or (lag.usable and _unread_for_a_day(folder)):
                    return True
    return False


def build_behind(records: Records, paths: Paths, reader: index.IndexReader) -> bool:
    """Build every index that is due, of the space at work and of filled ones beside it; say whether all could be.

    Every byte of an index that was not read for a day is read again first. One that cannot be built keeps no other from
    being built.
    """
    with records.database.read() as session:
        spaces = _kept_spaces(session)
    done = True
    for space in spaces:
        with records.database.read() as session:
            found = _lags_in(session, paths, reader, space, _unread_for_a_day)
        for lag in found:
            if lag.due and not _refused_lately(index.folder_of(paths.index, lag.scope, space)):
                # Each sees the records as they are when its turn has come.
                with records.database.read() as session:
                    done &= _build(session, paths, lag.scope, space)
    return done


def _build(session: Session, paths: Paths, scope: Scope, space: Space) -> bool:
    """Build one; False where another try makes sense soon. A refused one is tried again in an hour."""
    try:
        built = index.build(session, paths.index, scope, space)
    except IndexBusy:
        return True
    except TriageError as error:
        log.error("index not built", scope=scope.name, space=space.id, reason=error.message)
        return isinstance(error, IndexRefused)
    log.info("index built", scope=scope.name, space=space.id, snapshot=built.snapshot, faces=len(built.rows))
    return True


def _kept_spaces(session: Session) -> list[Space]:
    """The space at work first, then those filled beside it, once they have every face: not again and again before."""
    at_work = working_space(session)
    if at_work is None:
        return []
    beside = [space_id for space_id in fills.caught_up(session) if space_id != at_work.id]
    return [at_work, *(known_space(session, space_id) for space_id in beside)]


def clear_away(records: Records, paths: Paths) -> None:
    """Remove what interrupted builds left, and the indexes of spaces not kept and of collections without faces.

    Nobody would build those again, so that what was removed from the records would stay in them.
    """
    with records.database.read() as session:
        kept = {space.id for space in _kept_spaces(session)}
        for folder in sorted(paths.index.glob("*/*")):
            try:
                tidy(folder)
                if folder.name not in kept or not findable.has_any(session, Scope.of(folder.parent.name), folder.name):
                    remove(folder)
                    log.info("index removed", scope=folder.parent.name, space=folder.name)
            except IndexBusy:
                continue


def _unread_for_a_day(folder: Path) -> bool:
    try:
        return time.time() - last_check(folder) > _DAY_SECONDS
    except IndexUnusable:
        return False


def _refused_lately(folder: Path) -> bool:
    """Whether a build was refused so short ago that another would only be refused again."""
    word = folder / REFUSED
    return word.exists() and time.time() - word.stat().st_mtime < _HOUR_SECONDS


def _lag(session: Session, reader: index.IndexReader, scope: Scope, space: Space, thorough: bool) -> IndexLag:
    if not findable.has_any(session, scope, space.id):
        return IndexLag(scope, 0, 0, usable=True)
    try:
        published = reader.open(scope, space, thorough=thorough)
        index.require_same_records(session, published)
    except IndexUnusable:
        faces = findable.count(session, scope, space.id)
        return IndexLag(scope, faces, faces, usable=False)
    older = findable.count(session, scope, space.id, upto=published.seen_row)
    newer = findable.count(session, scope, space.id, after=published.seen_row)
    removed = len(published.rows) - older
    rested = time.time() - published.built_at > _REST * published.build_seconds
    overdue = rested and (removed > 0 or newer > _MANY_NEWER)
    return IndexLag(scope, older + newer, newer + abs(removed), usable=removed >= 0, overdue=overdue)
