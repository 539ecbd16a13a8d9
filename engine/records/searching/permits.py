"""Permits: the authority for a search. No permit, no search - asked here before one is run and again while it runs."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import NoPermit, NotFound, Refused
from engine.records.ids import public, public_or_none
from engine.records.schema import Gallery, Permit, PermitGallery, now
from engine.records.words import Channel, SubjectRole, UserRole

_HINT = "Ask a supervisor for one: triage permit grant --help"


@dataclass(frozen=True, slots=True)
class PermitGrant:
    """What a permit lets one search go through; `material` is the unit's own referrals."""

    permit_id: int
    gallery_ids: tuple[int, ...]
    material: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a search asks of a permit, at a moment."""

    channel: Channel
    role: SubjectRole
    galleries: frozenset[int]
    material: bool
    case_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _Held:
    """A permit with those of its galleries that were not removed."""

    permit: Permit
    gallery_ids: frozenset[int]


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

    A permit with a case covers searches for that case only. Raises Refused where the approver may not grant it, where
    a text is empty, where it has expired already or covers nothing; NotFound for a gallery that is not there.
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
        _living(session, gallery_id)
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
    return permit


def revoke(session: Session, permit: Permit, *, actor: Actor) -> None:
    """End a permit at once, by a supervisor; searches that were made under it stay as history."""
    actor.require_role(UserRole.SUPERVISOR, doing="revoke a permit")
    permit = session.get_one(Permit, permit.id)
    if permit.revoked_at is None:
        permit.revoked_at = now()
        ledger.record(session, actor=actor, action="permit.revoked", target=public("permit", permit.id))


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


def require(
    session: Session,
    *,
    channel: Channel,
    role: SubjectRole,
    galleries: Collection[int],
    material: bool,
    case_id: int | None = None,
    at: datetime | None = None,
) -> PermitGrant:
    """The permit that covers all these galleries, and the material where asked for; raises NoPermit saying why not."""
    for gallery_id in galleries:
        _living(session, gallery_id)
    asked = _Asked(channel, role, frozenset(galleries), material, case_id, at or now())
    reasons: list[str] = []
    for held in _permits(session):
        missing = _missing(session, held, asked)
        if missing is None:
            return PermitGrant(held.permit.id, tuple(sorted(asked.galleries)), material)
        reasons.append(missing)
    raise _no_permit(reasons)


def galleries_covered(
    session: Session,
    *,
    channel: Channel,
    role: SubjectRole,
    case_id: int | None = None,
    at: datetime | None = None,
) -> PermitGrant:
    """Everything that the widest single permit covers, for searches that no person asks for; raises NoPermit."""
    asked = _Asked(channel, role, frozenset(), False, case_id, at or now())
    reasons: list[str] = []
    covered: list[PermitGrant] = []
    for held in _permits(session):
        missing = _missing(session, held, asked)
        if missing is not None:
            reasons.append(missing)
        elif not held.gallery_ids and not held.permit.material:
            reasons.append(f"{public('permit', held.permit.id)} covers galleries that were removed")
        else:
            covered.append(PermitGrant(held.permit.id, tuple(sorted(held.gallery_ids)), held.permit.material))
    if not covered:
        raise _no_permit(reasons)
    return max(covered, key=lambda found: (len(found.gallery_ids), found.material, found.permit_id))


def check(
    session: Session,
    grant: PermitGrant,
    *,
    channel: Channel,
    role: SubjectRole,
    case_id: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """The permit of a grant that was given earlier, while it still covers all of the grant; raises NoPermit."""
    for gallery_id in grant.gallery_ids:
        _living(session, gallery_id)
    asked = _Asked(channel, role, frozenset(grant.gallery_ids), grant.material, case_id, at or now())
    held = next(_permits(session, grant.permit_id), None)
    if held is None:
        raise _no_permit([f"there is no permit {public('permit', grant.permit_id)}"])
    missing = _missing(session, held, asked)
    if missing is not None:
        raise _no_permit([missing])
    return held.permit


def _permits(session: Session, permit_id: int | None = None) -> Iterator[_Held]:
    """The unit's permits, or the one, those of one case before those of all, the newest first."""
    query = select(Permit).where(Permit.unit_id == unit_of(session))
    if permit_id is not None:
        query = query.where(Permit.id == permit_id)
    for permit in session.scalars(query.order_by(Permit.case_id.is_(None), Permit.id.desc())).all():
        galleries = (
            select(PermitGallery.gallery_id)
            .join(Gallery, Gallery.id == PermitGallery.gallery_id)
            .where(PermitGallery.permit_id == permit.id, Gallery.removed_at.is_(None))
        )
        yield _Held(permit, frozenset(session.scalars(galleries)))


def _missing(session: Session, held: _Held, asked: _Asked) -> str | None:
    """Why a permit does not cover a search, in words that start with its id; none where it does."""
    reason = _why_not(session, held, asked)
    return None if reason is None else f"{public('permit', held.permit.id)} {reason}"


def _why_not(session: Session, held: _Held, asked: _Asked) -> str | None:
    permit = held.permit
    if permit.revoked_at is not None and permit.revoked_at <= asked.at:
        return f"was revoked on {permit.revoked_at:%Y-%m-%d %H:%M} UTC"
    if permit.expires_at <= asked.at:
        return f"expired on {permit.expires_at:%Y-%m-%d %H:%M} UTC"
    if permit.granted_at > asked.at:
        return f"is in force only since {permit.granted_at:%Y-%m-%d %H:%M} UTC"
    if permit.channel is not asked.channel:
        return f"covers the channel {permit.channel}, not {asked.channel}"
    if asked.role.value not in permit.roles:
        return f"covers subjects of the role {', '.join(permit.roles)}, not {asked.role}"
    if permit.case_id is not None and permit.case_id != asked.case_id:
        return f"is for the case {public('case', permit.case_id)} alone"
    uncovered = asked.galleries - held.gallery_ids
    if uncovered:
        return f"does not cover the gallery {_gallery_names(session, uncovered)}"
    if asked.material and not permit.material:
        return "does not cover the material of cases and open referrals"
    return None


def _no_permit(reasons: Collection[str]) -> NoPermit:
    return NoPermit(f"No permit covers this search: {'; '.join(reasons) or 'none was ever granted'}.", _HINT)


def _living(session: Session, gallery_id: int) -> None:
    gallery = session.get(Gallery, gallery_id)
    if gallery is None:
        raise NotFound(f"There is no gallery {public('gallery', gallery_id)}.", "See them all: triage gallery list")
    if gallery.removed_at is not None:
        raise NoPermit(
            f"The gallery {gallery.name} was removed on {gallery.removed_at:%Y-%m-%d} and cannot be searched.",
            "Search the galleries that are left: triage gallery list",
        )


def _gallery_names(session: Session, gallery_ids: Collection[int]) -> str:
    names = session.scalars(select(Gallery.name).where(Gallery.id.in_(gallery_ids)).order_by(Gallery.name))
    return ", ".join(names)
