"""Candidate lists that do not hold any more: which subjects have to be searched again, and why.

A subject says so itself (`Subject.outdated`), so that neither a crash nor a lost queue can make anybody forget it. Its
list stays to be seen until the new one is there, but it is never shown as current without the reason.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from engine.records.database import unit_of
from engine.records.ids import public
from engine.records.intake.states import UNDER_REVIEW
from engine.records.portions import portions
from engine.records.schema import (
    CaseReferral,
    Lease,
    Permit,
    PermitGallery,
    Referral,
    Search,
    SearchScope,
    Space,
    Subject,
    now,
)
from engine.records.words import Channel, LeaseKind, SubjectStanding

#: A subject that was concluded on for good keeps the list that this was done with; later material is another matter.
_UNSETTLED = (SubjectStanding.OPEN, SubjectStanding.AWAITING_SECOND, SubjectStanding.DISAGREED)


def mark(session: Session, subject_ids: Collection[int], reason: str) -> None:
    """Have these subjects searched again, for a reason in words that complete "searched again, because"."""
    for some in portions(subject_ids):
        session.execute(update(Subject).where(Subject.id.in_(some)).values(outdated=reason))


def mark_granted(session: Session, permit: Permit) -> None:
    """Have those subjects searched again whose list lacks something that a new permit covers."""
    if permit.channel is not Channel.INTAKE:
        return
    galleries = list(session.scalars(select(PermitGallery.gallery_id).where(PermitGallery.permit_id == permit.id)))
    named = SearchScope.gallery_id.in_(galleries)
    covered: ColumnElement[bool] = or_(named, SearchScope.gallery_id.is_(None)) if permit.material else named
    gone_through = (
        select(func.count())
        .select_from(SearchScope)
        .join(Search, Search.id == SearchScope.search_id)
        .where(Search.subject_id == Subject.id, Search.superseded_by_id.is_(None), covered)
        .scalar_subquery()
    )
    conditions = [Subject.role.in_(permit.roles), gone_through < len(galleries) + permit.material]
    if permit.case_id is not None:
        linked = select(CaseReferral.referral_id)
        linked = linked.where(CaseReferral.case_id == permit.case_id, CaseReferral.unlinked_at.is_(None))
        conditions.append(Subject.referral_id.in_(linked))
    _mark_where(session, f"{public('permit', permit.id)} was granted", *conditions)


def mark_revoked(session: Session, permit: Permit) -> None:
    """Have those subjects searched again whose list rests on a permit that was revoked."""
    _mark_where(
        session,
        f"{public('permit', permit.id)}, under which it was searched, was revoked",
        _went_through(SearchScope.permit_id == permit.id),
    )


def mark_removed(session: Session, gallery_id: int, name: str) -> None:
    """Have those subjects searched again whose list went through a gallery that was removed."""
    _mark_where(
        session,
        f"the gallery {name}, in which it was searched, was removed",
        _went_through(SearchScope.gallery_id == gallery_id),
    )


def mark_earlier_model(session: Session, space: Space) -> None:
    """Have those subjects searched again whose list was found in another space than the one put to work."""
    elsewhere = select(Search.subject_id).where(
        Search.superseded_by_id.is_(None), Search.subject_id.is_not(None), Search.space_id != space.id
    )
    _mark_where(session, f"the model {space.model} was put to work", Subject.id.in_(elsewhere))


def mark_referral(session: Session, referral_id: int, reason: str) -> None:
    """Have the subjects of a referral searched again."""
    _mark_where(session, reason, Subject.referral_id == referral_id)


def due(session: Session, referral_ids: Collection[int] | None = None) -> dict[int, list[int]]:
    """The subjects to search again of each referral that is up for review, of all or of the given ones.

    Somebody who is looking at a subject keeps its list while the claim lasts, unless they shaped it themselves.
    """
    query = (
        select(Subject.referral_id, Subject.id, Subject.shaped_by_id)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(Referral.unit_id == unit_of(session), Subject.outdated.is_not(None), _up_for_review())
        .order_by(Referral.priority, Referral.received_at, Subject.id)
    )
    rows = [row for row in session.execute(query).all() if referral_ids is None or row.referral_id in set(referral_ids)]
    claims = select(Lease.resource, Lease.holder).where(Lease.kind == LeaseKind.REVIEW, Lease.expires_at > now())
    held = {row.resource: row.holder for row in session.execute(claims)} if rows else {}
    found: dict[int, list[int]] = {}
    for referral_id, subject_id, shaper in rows:
        if held.get(public("subject", subject_id), f"user:{shaper}") == f"user:{shaper}":
            found.setdefault(referral_id, []).append(subject_id)
    return found


def _mark_where(session: Session, reason: str, *conditions: ColumnElement[bool]) -> None:
    query = (
        select(Subject.id)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(Referral.unit_id == unit_of(session), Subject.standing.in_(_UNSETTLED), _up_for_review(), *conditions)
    )
    mark(session, session.scalars(query).all(), reason)


def _went_through(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on `Subject` that its current list went through such a collection."""
    query = select(Search.subject_id).join(SearchScope, SearchScope.search_id == Search.id)
    return Subject.id.in_(query.where(Search.superseded_by_id.is_(None), Search.subject_id.is_not(None), condition))


def _up_for_review() -> ColumnElement[bool]:
    """What is still with the workers they search anyway, and nobody looks at what was taken out of the work."""
    return Referral.state.in_(UNDER_REVIEW) & Subject.merged_into_id.is_(None)
