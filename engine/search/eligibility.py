"""Who a search may propose: asked of the records at the moment of the search, whatever an index remembers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.records.database import unit_of
from engine.records.faces.findable import RowBlock
from engine.records.packing import unpack
from engine.records.portions import portions
from engine.records.schema import CaseReferral, Embedding, IndexRow, Reference, Referral, Subject, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.words import ReferralState, SubjectStanding
from engine.search.space import Space

#: A referral in one of these offers nothing to link to, not even inside its case.
_GONE = (ReferralState.WITHDRAWN, ReferralState.ERASED, ReferralState.DUPLICATE)
#: A referral in one of these is no longer open.
_CLOSED = (*_GONE, ReferralState.DECIDED, ReferralState.FAILED)


@dataclass(frozen=True, slots=True)
class Eligible:
    """The owners of a scope that a search may propose.

    owners: the query of their ids, ids: what it gave, int64 [n]; both None where every findable owner is eligible.
    """

    scope: Scope
    owners: Select[Any] | None = None
    ids: NDArray[np.int64] | None = None

    def allows(self, owners: NDArray[np.int64]) -> NDArray[np.bool_] | None:
        """Which of the owners are eligible, bool [n]; None says that all are."""
        return None if self.ids is None else np.isin(owners, self.ids)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many findable faces the eligible owners have in a space, and how many owners they are."""

    rows: int
    owners: int


def references(scope: Scope) -> Eligible:
    """The references of a gallery whose retention has not ended."""
    return Eligible(scope)


def links(session: Session, referral_id: int | None, case_ids: Sequence[int]) -> Eligible:
    """The unit's subjects in other referrals that are open, or that are of one of the cases and were not taken back.

    A subject that was decided to match nobody is still looked for: tomorrow's referral may show the same child.
    """
    in_cases = select(CaseReferral.referral_id).where(
        CaseReferral.case_id.in_(case_ids), CaseReferral.unlinked_at.is_(None)
    )
    owners = (
        select(Subject.id)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(
            Referral.unit_id == unit_of(session),
            or_(
                Referral.state.not_in(_CLOSED),
                and_(Referral.state == ReferralState.DECIDED, Subject.standing == SubjectStanding.NO_MATCH),
                and_(Referral.id.in_(in_cases), Referral.state.not_in(_GONE)),
            ),
        )
    )
    if referral_id is not None:
        owners = owners.where(Subject.referral_id != referral_id)
    return Eligible(MATERIAL, owners, np.array(session.scalars(owners).all(), np.int64))


def tally(session: Session, eligible: Eligible, space: Space) -> Tally:
    """Count the findable faces of eligible owners, and those owners."""
    owner = _owner(eligible.scope)
    query = select(func.count(), func.count(owner.distinct())).select_from(IndexRow).where(_current(eligible, space))
    rows, owners = session.execute(query).one()
    return Tally(rows, owners)


def owners_with(session: Session, eligible: Eligible, space: Space, face_ids: Collection[int]) -> set[int]:
    """The eligible owners that have one of the faces."""
    owner = _owner(eligible.scope)
    found: set[int] = set()
    for portion in portions(face_ids):
        query = select(owner).where(_current(eligible, space), IndexRow.face_id.in_(portion))
        found.update(one for one in session.scalars(query) if one is not None)
    return found


def faces_of(session: Session, eligible: Eligible, space: Space, owners: Collection[int]) -> dict[int, set[int]]:
    """The findable faces of each of the eligible owners."""
    owner = _owner(eligible.scope)
    found: dict[int, set[int]] = {}
    for portion in portions(owners):
        query = select(owner, IndexRow.face_id).where(_current(eligible, space), owner.in_(portion))
        for one, face in session.execute(query):
            if one is not None:
                found.setdefault(one, set()).add(face)
    return found


def check(session: Session, eligible: Eligible, space: Space, rows: NDArray[np.int64]) -> RowBlock:
    """Those of the rows that are findable and eligible now, with the vectors that the records hold, by row number."""
    owner = _owner(eligible.scope)
    found: list[Any] = []
    for portion in portions(rows.tolist()):
        query = (
            select(IndexRow.id, IndexRow.face_id, owner, Embedding.vector)
            .join(Embedding, (Embedding.face_id == IndexRow.face_id) & (Embedding.space_id == IndexRow.space_id))
            .where(_current(eligible, space), IndexRow.id.in_(portion))
            .order_by(IndexRow.id)
        )
        found += session.execute(query).all()
    columns = [np.array([row[place] for row in found], np.int64) for place in range(3)]
    return RowBlock(columns[0], columns[1], columns[2], unpack([row[3] for row in found], space.dimension))


def _current(eligible: Eligible, space: Space) -> ColumnElement[bool]:
    scope, owner = eligible.scope, _owner(eligible.scope)
    of_scope = and_(IndexRow.space_id == space.id, IndexRow.gallery_id == scope.gallery_id)
    expired = select(Reference.id).where(Reference.gallery_id == scope.gallery_id, Reference.expires_at <= now())
    living = and_(of_scope, owner.not_in(expired)) if scope != MATERIAL else of_scope
    return living if eligible.owners is None else and_(living, owner.in_(eligible.owners))


def _owner(scope: Scope) -> InstrumentedAttribute[int | None]:
    return IndexRow.subject_id if scope == MATERIAL else IndexRow.reference_id
