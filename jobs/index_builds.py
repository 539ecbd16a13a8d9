"""Which published indexes have fallen behind the records, and building those again."""

from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from config.models import Metric
from config.paths import Paths
from engine.records.deployment import Records
from engine.records.faces import fills, findable
from engine.records.faces.spaces import get_space, space_at_work
from engine.records.people.galleries import list_galleries
from engine.records.scopes import MATERIAL, Scope
from engine.search import index
from engine.search.errors import IndexBusy, IndexUnusable
from engine.search.space import Space

log = structlog.get_logger()

# Below this many faces reading the records takes no longer than reading an index.
_WORTH_AN_INDEX = 2_000
# Newer faces are read from the records at each search; from this share of the index on, a new one is built.
_SHARE_BEHIND = 0.05


@dataclass(frozen=True, slots=True)
class IndexLag:
    """How far the index of a scope is behind: faces in the records, and those that the index in use lacks or has too
    many; `usable` is False where there is none to be trusted."""

    scope: Scope
    faces: int
    behind: int
    usable: bool

    @property
    def due(self) -> bool:
        """Whether searches would gain from a new index."""
        return self.faces >= _WORTH_AN_INDEX and (not self.usable or self.behind > _SHARE_BEHIND * self.faces)


def working_space(session: Session) -> Space | None:
    """The space the unit works in; none before the first model was put to work."""
    row = space_at_work(session)
    return None if row is None else known_space(session, row.id)


def known_space(session: Session, space_id: str) -> Space:
    """A space of the records as searches take it; raises NotFound."""
    row = get_space(session, space_id)
    metric: Metric = "cosine" if row.metric == "cosine" else "euclidean"
    return Space(row.id, row.model, row.dimension, metric, row.description)


def lags(session: Session, paths: Paths, reader: index.IndexReader | None = None) -> list[IndexLag]:
    """The lag of every gallery's index and of the material's, in the space at work; read-only."""
    space = working_space(session)
    if space is None:
        return []
    return _lags_in(session, reader or index.IndexReader(paths.index), space)


def _lags_in(session: Session, reader: index.IndexReader, space: Space) -> list[IndexLag]:
    scopes = [Scope(summary.gallery.id) for summary in list_galleries(session)]
    return [_lag(session, reader, scope, space) for scope in (*scopes, MATERIAL)]


def build_behind(records: Records, paths: Paths, reader: index.IndexReader) -> None:
    """Build every index that is due, of the space at work and of filled ones beside it.

    reader: keeps those open that were checked before.
    """
    with records.database.read() as session:
        for space in _kept_spaces(session):
            for lag in _lags_in(session, reader, space):
                if lag.due:
                    _build(session, paths, lag.scope, space)


def _build(session: Session, paths: Paths, scope: Scope, space: Space) -> None:
    try:
        built = index.build(session, paths.index, scope, space)
    except IndexBusy:
        return
    log.info("index built", scope=scope.name, space=space.id, snapshot=built.snapshot, faces=len(built.rows))


def _kept_spaces(session: Session) -> list[Space]:
    """The space at work first, then those filled beside it, once they have every face: not again and again before."""
    at_work = working_space(session)
    if at_work is None:
        return []
    beside = [space_id for space_id in fills.caught_up(session) if space_id != at_work.id]
    return [at_work, *(known_space(session, space_id) for space_id in beside)]


def _lag(session: Session, reader: index.IndexReader, scope: Scope, space: Space) -> IndexLag:
    faces = findable.count(session, scope, space.id)
    if faces == 0:
        return IndexLag(scope, 0, 0, usable=True)
    try:
        published = reader.open(scope, space)
        index.require_same_records(session, published)
    except IndexUnusable:
        return IndexLag(scope, faces, faces, usable=False)
    older = findable.count(session, scope, space.id, upto=published.seen_row)
    return IndexLag(scope, faces, (faces - older) + (len(published.rows) - older), usable=True)
