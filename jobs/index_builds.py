"""Which published indexes have fallen behind the records, and building those again."""

from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from config.models import Metric
from config.paths import Paths
from engine.records.deployment import Records
from engine.records.errors import NotFound
from engine.records.faces import findable
from engine.records.faces.spaces import active_space
from engine.records.people.galleries import list_galleries
from engine.records.schema import Space as SpaceRow
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
    try:
        row: SpaceRow = active_space(session)
    except NotFound:
        return None
    metric: Metric = "cosine" if row.metric == "cosine" else "euclidean"
    return Space(row.id, row.model, row.dimension, metric, row.description)


def lags(session: Session, paths: Paths, reader: index.IndexReader | None = None) -> list[IndexLag]:
    """The lag of every gallery's index and of the material's, in the space at work; read-only."""
    space = working_space(session)
    if space is None:
        return []
    reader = reader or index.IndexReader(paths.index)
    scopes = [Scope(summary.gallery.id) for summary in list_galleries(session)]
    return [_lag(session, reader, scope, space) for scope in (*scopes, MATERIAL)]


def build_behind(records: Records, paths: Paths, reader: index.IndexReader) -> None:
    """Build every index that is due; `reader` keeps those open that were checked before."""
    with records.database.read() as session:
        space = working_space(session)
        due = [lag.scope for lag in lags(session, paths, reader) if lag.due]
        for scope in due:
            if space is None:
                return
            try:
                built = index.build(session, paths.index, scope, space)
            except IndexBusy:
                continue
            log.info("index built", scope=scope.name, snapshot=built.snapshot, faces=len(built.rows))


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
