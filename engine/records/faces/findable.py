"""Which faces a search can find, kept exactly in step with the records, and how an index or a scan reads them.

A face is findable in a gallery as a face of a living reference, and in the material as a face of a subject that was not
merged away, in every space in which it has a vector. `index_rows` holds exactly these; its ids are the change sequence.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.records.faces.spaces import get_space
from engine.records.packing import unpack
from engine.records.portions import portions
from engine.records.schema import (
    Embedding,
    Gallery,
    IndexRow,
    Reference,
    ReferenceFace,
    Subject,
    SubjectFace,
    now,
)
from engine.records.scopes import MATERIAL, Scope

#: Space, face, gallery, reference, subject: what one row of the index says.
_Row = tuple[str, int, int | None, int | None, int | None]

# A range of rows of which one is missing is cut into so many, until it is short enough to be read.
_CUTS, _READ_AT_ONCE = 16, 2_000


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Findable faces of one scope in one space, in the order of their rows.

    ids, face_ids, owner_ids: int64 [n]; an owner is a reference of the gallery, or a subject of the material.
    vectors: float32 [n, D].
    """

    ids: NDArray[np.int64]
    face_ids: NDArray[np.int64]
    owner_ids: NDArray[np.int64]
    vectors: NDArray[np.float32]


def sync(session: Session, face_ids: Collection[int]) -> None:
    """Bring the rows of these faces in step with the references, subjects and vectors they have now."""
    session.flush()
    for portion in portions(face_ids):
        wanted = _wanted(session, portion)
        present = _present(session, portion)
        stale = [row_id for row, row_id in present.items() if row not in wanted]
        for some in portions(stale):
            session.execute(delete(IndexRow).where(IndexRow.id.in_(some)))
        missing = [row for row in wanted if row not in present]
        if missing:
            session.execute(insert(IndexRow), [_columns(row, wanted[row]) for row in missing])


def forget(session: Session, face_id: int, space_id: str) -> None:
    """Take a face's rows in one space away; the next `sync` gives it newer ones."""
    session.execute(delete(IndexRow).where(IndexRow.face_id == face_id, IndexRow.space_id == space_id))


def forget_gallery(session: Session, gallery_id: int) -> None:
    """Take all rows of a gallery away, which `sync` does not bring back once the gallery is removed."""
    session.execute(delete(IndexRow).where(IndexRow.gallery_id == gallery_id))


def forget_expired(session: Session, at: datetime | None = None) -> int:
    """Take the rows of references whose retention ended away; gives their number (`rows` leaves them out before)."""
    expired = IndexRow.reference_id.in_(select(Reference.id).where(Reference.expires_at <= (at or now())))
    found = session.scalar(select(func.count()).select_from(IndexRow).where(expired)) or 0
    session.execute(delete(IndexRow).where(expired))
    return found


def rows(session: Session, scope: Scope, space_id: str, after: int = 0, batch: int = 10_000) -> Iterator[RowBlock]:
    """The findable faces of a scope in a space whose row is newer than `after`, in blocks of at most `batch`."""
    dimension = get_space(session, space_id).dimension
    owner = _owner(scope)
    while True:
        query = (
            select(IndexRow.id, IndexRow.face_id, owner, Embedding.vector)
            .join(Embedding, (Embedding.face_id == IndexRow.face_id) & (Embedding.space_id == IndexRow.space_id))
            .where(_of(scope, space_id), IndexRow.id > after, owner.not_in(_expired(scope)))
            .order_by(IndexRow.id)
            .limit(batch)
        )
        found = session.execute(query).all()
        if not found:
            return
        ids, faces, owners, vectors = zip(*found, strict=True)
        yield RowBlock(_numbers(ids), _numbers(faces), _numbers(owners), unpack(vectors, dimension))
        after = ids[-1]


def count(session: Session, scope: Scope, space_id: str, *, after: int = 0, upto: int | None = None) -> int:
    """How many rows `rows` gives, of those after one row and up to another where they are given."""
    ended = expired_rows(session, scope, space_id)
    among = (ended > after) & (ended <= (np.inf if upto is None else upto))
    return recorded(session, scope, space_id, after=after, upto=upto) - int(np.count_nonzero(among))


def has_any(session: Session, scope: Scope, space_id: str) -> bool:
    """Whether `rows` gives any."""
    some = select(IndexRow.id).where(_of(scope, space_id), _owner(scope).not_in(_expired(scope)))
    return session.scalar(some.limit(1)) is not None


def recorded(session: Session, scope: Scope, space_id: str, *, after: int = 0, upto: int | None = None) -> int:
    """How many rows there are, those of references that have expired included; it reads nothing but an index."""
    query = select(func.count()).select_from(IndexRow).where(_of(scope, space_id))
    query = query.where(IndexRow.id > after) if after else query
    query = query if upto is None else query.where(IndexRow.id <= upto)
    return session.scalar(query) or 0


def expired_rows(session: Session, scope: Scope, space_id: str) -> NDArray[np.int64]:
    """The rows of references whose retention has ended, in order, int64 [n]; few, since the keeper takes them out."""
    query = select(IndexRow.id).join(Reference, Reference.id == IndexRow.reference_id)
    query = query.where(_of(scope, space_id), Reference.gallery_id == scope.gallery_id, Reference.expires_at <= now())
    return np.sort(_numbers(session.scalars(query).all()))


def owners_after(session: Session, scope: Scope, space_id: str, row: int) -> NDArray[np.int64]:
    """The owners of the rows that `rows` gives after one, each once, int64 [n]."""
    owner = _owner(scope)
    query = select(owner).distinct().where(_of(scope, space_id), IndexRow.id > row, owner.not_in(_expired(scope)))
    return _numbers([one for one in session.scalars(query) if one is not None])


def gone(session: Session, scope: Scope, space_id: str, known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which rows of a scope's index are no longer in the records: places in `known`, int64 [n].

    known: int64 [N] in order, every row there was up to the last of them but for those expired now. Ranges are counted
    and halved again where one is missing, so that a few are found without reading all.
    """
    others = expired_rows(session, scope, space_id)
    found: list[NDArray[np.int64]] = []
    ranges = [(0, len(known))]
    while ranges:
        first, end = ranges.pop()
        if first == end:
            continue
        low, high = int(known[first]) - 1, int(known[end - 1])
        between = recorded(session, scope, space_id, after=low, upto=high)
        between -= int(np.searchsorted(others, high, "right") - np.searchsorted(others, low, "right"))
        if between == end - first:
            continue
        if end - first <= _READ_AT_ONCE:
            query = select(IndexRow.id).where(_of(scope, space_id), IndexRow.id > low, IndexRow.id <= high)
            present = _numbers(session.scalars(query).all())
            found.append(first + np.flatnonzero(~np.isin(known[first:end], present)))
        else:
            cuts = np.linspace(first, end, _CUTS + 1).astype(int).tolist()
            ranges += pairwise(cuts)
    return np.sort(np.concatenate([np.empty(0, np.int64), *found]))


def _of(scope: Scope, space_id: str) -> ColumnElement[bool]:
    return and_(IndexRow.space_id == space_id, IndexRow.gallery_id == scope.gallery_id)


def _owner(scope: Scope) -> InstrumentedAttribute[int | None]:
    return IndexRow.subject_id if scope == MATERIAL else IndexRow.reference_id


def _expired(scope: Scope) -> Select[int]:
    """Retention ends at its moment, not at the keeper's next round."""
    return select(Reference.id).where(Reference.gallery_id == scope.gallery_id, Reference.expires_at <= now())


def _wanted(session: Session, face_ids: list[int]) -> dict[_Row, int]:
    """The rows that the faces should have, each with its unit."""
    living = or_(Reference.expires_at.is_(None), Reference.expires_at > now())
    of_references = (
        select(Embedding.space_id, ReferenceFace.face_id, Gallery.id, Reference.id, Gallery.unit_id)
        .join(ReferenceFace, ReferenceFace.face_id == Embedding.face_id)
        .join(Reference, Reference.id == ReferenceFace.reference_id)
        .join(Gallery, Gallery.id == Reference.gallery_id)
        .where(Embedding.face_id.in_(face_ids), Gallery.removed_at.is_(None), living)
    )
    of_subjects = (
        select(Embedding.space_id, SubjectFace.face_id, Subject.id, Subject.unit_id)
        .join(SubjectFace, SubjectFace.face_id == Embedding.face_id)
        .join(Subject, Subject.id == SubjectFace.subject_id)
        .where(Embedding.face_id.in_(face_ids), Subject.merged_into_id.is_(None))
    )
    wanted: dict[_Row, int] = {}
    for space, face, gallery, reference, unit in session.execute(of_references):
        wanted[space, face, gallery, reference, None] = unit
    for space, face, subject, unit in session.execute(of_subjects):
        wanted[space, face, None, None, subject] = unit
    return wanted


def _present(session: Session, face_ids: list[int]) -> dict[_Row, int]:
    query = select(
        IndexRow.space_id,
        IndexRow.face_id,
        IndexRow.gallery_id,
        IndexRow.reference_id,
        IndexRow.subject_id,
        IndexRow.id,
    ).where(IndexRow.face_id.in_(face_ids))
    return {
        (space, face, gallery, reference, subject): row
        for space, face, gallery, reference, subject, row in session.execute(query)
    }


def _columns(row: _Row, unit_id: int) -> dict[str, Any]:
    space, face, gallery, reference, subject = row
    return {
        "unit_id": unit_id,
        "space_id": space,
        "face_id": face,
        "gallery_id": gallery,
        "reference_id": reference,
        "subject_id": subject,
    }


def _numbers(values: Collection[int]) -> NDArray[np.int64]:
    return np.fromiter(values, dtype=np.int64, count=len(values))
