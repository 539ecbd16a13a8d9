"""How far each collection has been held against the unmatched subjects: what has arrived beyond that is still to do.

A mark moves in the very transaction that keeps what the search up to it brought, so neither a crash nor a lost queue
can leave anything out or do anything twice.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.database import unit_of
from engine.records.schema import Gallery, IndexRow, StandingMark, now
from engine.records.scopes import MATERIAL, Scope


@dataclass(frozen=True, slots=True)
class Behind:
    """A collection with faces that were not yet held against the unmatched subjects: how many, and since when.

    mark_id: none while nothing has been noted of it. blocked: why they cannot be, until `retry_at`; None: they can.
    """

    mark_id: int | None
    scope: Scope
    space_id: str
    waiting: int
    since: datetime | None
    blocked: str | None
    retry_at: datetime | None

    def due(self, at: datetime) -> bool:
        """Whether a search for them makes sense at this moment."""
        return self.retry_at is None or self.retry_at <= at


def behind(session: Session, space_id: str) -> list[Behind]:
    """The collections of the unit with arrivals in a space, galleries first; read-only."""
    unit = unit_of(session)
    galleries = select(Gallery.id).where(Gallery.unit_id == unit, Gallery.removed_at.is_(None)).order_by(Gallery.id)
    found = []
    for scope in (*map(Scope, session.scalars(galleries)), MATERIAL):
        mark = _mark(session, scope, space_id)
        waiting = count_after(session, scope, space_id, 0 if mark is None else mark.seen_row)
        if waiting and mark is None:
            found.append(Behind(None, scope, space_id, waiting, None, None, None))
        elif waiting and mark is not None:
            found.append(Behind(mark.id, scope, space_id, waiting, mark.behind_since, mark.blocked, mark.retry_at))
    return found


def notice(session: Session, space_id: str) -> list[StandingMark]:
    """The marks of all collections with arrivals, made where they are missing, each with since when it is behind."""
    noticed = []
    for one in behind(session, space_id):
        if one.mark_id is None:
            mark = StandingMark(unit_id=unit_of(session), space_id=space_id, gallery_id=one.scope.gallery_id)
            session.add(mark)
        else:
            mark = session.get_one(StandingMark, one.mark_id)
        mark.behind_since = mark.behind_since or now()
        noticed.append(mark)
    session.flush()
    return noticed


def advance(session: Session, mark: StandingMark, seen_row: int, *, caught_up: bool) -> None:
    """Move a mark forward. caught_up: what lies beyond it now came in meanwhile, so it waits since this moment."""
    mark.seen_row, mark.blocked, mark.retry_at = seen_row, None, None
    if not count_after(session, Scope(mark.gallery_id), mark.space_id, seen_row):
        mark.behind_since = None
    elif caught_up:
        mark.behind_since = now()
    session.flush()


def last_row(session: Session, scope: Scope, space_id: str, after: int) -> int:
    """The newest row of a scope, or `after` where none is newer than that."""
    query = select(func.max(IndexRow.id))
    query = query.where(IndexRow.space_id == space_id, IndexRow.gallery_id == scope.gallery_id, IndexRow.id > after)
    return session.scalar(query) or after


def count_after(session: Session, scope: Scope, space_id: str, row: int) -> int:
    """How many findable faces of a scope are newer than a row."""
    query = select(func.count()).select_from(IndexRow)
    query = query.where(IndexRow.space_id == space_id, IndexRow.gallery_id == scope.gallery_id, IndexRow.id > row)
    return session.scalar(query) or 0


def _mark(session: Session, scope: Scope, space_id: str) -> StandingMark | None:
    query = select(StandingMark).where(
        StandingMark.unit_id == unit_of(session),
        StandingMark.space_id == space_id,
        StandingMark.gallery_id == scope.gallery_id,
    )
    return session.scalar(query.order_by(StandingMark.id).limit(1))
