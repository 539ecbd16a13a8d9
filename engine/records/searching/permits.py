"""Permits: the authority for a search, granted and revoked by supervisors."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import NotFound, Refused
from engine.records.ids import public, public_or_none
from engine.records.schema import Gallery, Permit, PermitGallery, now
from engine.records.searching import outdated
from engine.records.searching.grants import living_gallery
from engine.records.words import Channel, SubjectRole, UserRole


def grant(
    session: Session,
    *,
    channel: Channel,
    purpose: str,
    lawful_basis: str,
    roles: Collection[SubjectRole],
    galleries: Collection[int],
    material: bool,
    approver: Actor,
    expires_at: datetime,
    case_id: int | None = None,
) -> Permit:
    """Record a permit for subjects of these roles and galleries of these numbers, approved by a supervisor.

    Subjects whose list lacks what it covers are searched again. A permit with a case covers searches for that case
    only. Raises Refused where the approver may not grant it, where a text is empty, where it has expired already or
    covers nothing; NotFound for a gallery that is not there.
    """
    approver.require_role(UserRole.SUPERVISOR, doing="grant a permit")
    if not purpose.strip() or not lawful_basis.strip():
        raise Refused(
            "A permit needs a purpose and a lawful basis.", "Give both in words; every search will show them."
        )
    if expires_at <= now():
        raise Refused(f"The permit would have expired on {expires_at:%Y-%m-%d %H:%M} UTC.", "Give a day to come.")
    if not roles or not (galleries or material):
        raise Refused("The permit would cover no search.", "Name at least one role, and a gallery or the material.")
    for gallery_id in galleries:
        living_gallery(session, gallery_id)
    permit = Permit(
        unit_id=unit_of(session),
        channel=channel,
        purpose=purpose,
        lawful_basis=lawful_basis,
        case_id=case_id,
        roles=sorted(SubjectRole(role).value for role in roles),
        material=material,
        approved_by_id=approver.require_person("grant a permit"),
        expires_at=expires_at,
    )
    session.add(permit)
    session.flush()
    session.add_all(PermitGallery(permit_id=permit.id, gallery_id=number) for number in sorted(set(galleries)))
    session.flush()
    ledger.record(
        session,
        actor=approver,
        action="permit.granted",
        target=public("permit", permit.id),
        channel=channel.value,
        roles=permit.roles,
        galleries=[public("gallery", number) for number in sorted(set(galleries))],
        material=material,
        case=public_or_none("case", case_id),
        expires_at=expires_at.isoformat(),
    )
    outdated.mark_granted(session, permit)
    return permit


def revoke(session: Session, permit: Permit, *, actor: Actor) -> None:
    """End a permit at once, by a supervisor; what was searched under it is searched again under those that are left."""
    actor.require_role(UserRole.SUPERVISOR, doing="revoke a permit")
    permit = session.get_one(Permit, permit.id)
    if permit.revoked_at is None:
        permit.revoked_at = now()
        ledger.record(session, actor=actor, action="permit.revoked", target=public("permit", permit.id))
        outdated.mark_revoked(session, permit)


def get_permit(session: Session, permit_id: int) -> Permit:
    """The permit with this number, in force or not; raises NotFound."""
    permit = session.get(Permit, permit_id)
    if permit is None:
        raise NotFound(f"There is no permit {public('permit', permit_id)}.", "See them all: triage permit list --all")
    return permit


def galleries_of(session: Session, permit: Permit) -> list[Gallery]:
    """The galleries that a permit names, by name, those removed since too."""
    query = select(Gallery).join(PermitGallery, PermitGallery.gallery_id == Gallery.id)
    return list(session.scalars(query.where(PermitGallery.permit_id == permit.id).order_by(Gallery.name)))


def list_permits(session: Session) -> list[Permit]:
    """The unit's permits, those no longer in force too, newest first."""
    return list(session.scalars(select(Permit).where(Permit.unit_id == unit_of(session)).order_by(Permit.id.desc())))
