"""What permits let a search go through. No permit, no search: asked before one is run, and again when it is kept.

A search may rest on several permits: each collection that it goes through has the one that covers it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.database import unit_of
from engine.records.errors import NoPermit, NotFound
from engine.records.ids import public
from engine.records.schema import Gallery, Permit, PermitGallery, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.words import Channel, SubjectRole

_HINT = "Ask a supervisor for one: triage permit grant --help"


@dataclass(frozen=True, slots=True)
class PermitGrant:
    """What one search may go through: each collection, with the number of the permit that covers it."""

    covered: tuple[tuple[Scope, int], ...]

    @classmethod
    def under(cls, permit_id: int, gallery_ids: Collection[int], *, material: bool) -> "PermitGrant":
        """What a single permit lets a search go through."""
        scopes = [Scope(gallery_id) for gallery_id in sorted(set(gallery_ids))] + ([MATERIAL] if material else [])
        return cls(tuple((scope, permit_id) for scope in scopes))

    @property
    def scopes(self) -> frozenset[Scope]:
        """The collections."""
        return frozenset(scope for scope, _ in self.covered)

    @property
    def gallery_ids(self) -> tuple[int, ...]:
        """The galleries among them, by number."""
        return tuple(sorted(scope.gallery_id for scope in self.scopes if scope.gallery_id is not None))

    @property
    def material(self) -> bool:
        """Whether the unit's own referrals are among them."""
        return MATERIAL in self.scopes

    @property
    def permit_ids(self) -> tuple[int, ...]:
        """The permits it rests on, the one that covers most first."""
        counted = Counter(permit_id for _, permit_id in self.covered)
        return tuple(sorted(counted, key=lambda permit_id: (-counted[permit_id], permit_id)))

    def permit_of(self, scope: Scope) -> int:
        """The permit that covers a collection; raises KeyError for one that is not covered."""
        return dict(self.covered)[scope]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a search asks of a permit, whatever it goes through: for which cases, and at which moment."""

    channel: Channel
    role: SubjectRole
    case_ids: frozenset[int]
    at: datetime


@dataclass(frozen=True, slots=True)
class _Held:
    """A permit with the collections it covers, without galleries that were removed."""

    permit: Permit
    scopes: frozenset[Scope]


def require(
    session: Session,
    *,
    channel: Channel,
    role: SubjectRole,
    galleries: Collection[int],
    material: bool,
    case_ids: Collection[int] = (),
    at: datetime | None = None,
) -> PermitGrant:
    """The permits that cover all these galleries, and the material where asked for; raises NoPermit saying why not."""
    for gallery_id in galleries:
        living_gallery(session, gallery_id)
    asked = _Asked(channel, role, frozenset(case_ids), at or now())
    wanted = {Scope(gallery_id) for gallery_id in galleries} | ({MATERIAL} if material else set())
    covered, reasons = _cover(session, asked)
    missing = wanted - covered.keys()
    if missing:
        raise _no_permit(_shortfalls(session, reasons, missing))
    return _grant_of({scope: covered[scope].permit for scope in wanted})


def all_covered(
    session: Session,
    *,
    channel: Channel,
    role: SubjectRole,
    case_ids: Collection[int] = (),
    at: datetime | None = None,
) -> PermitGrant:
    """Everything that any permit covers, for searches that no person asks for; raises NoPermit where that is nothing.

    Where several cover a collection, those of one of the cases come before those of all, and the newest first.
    """
    covered, reasons = _cover(session, _Asked(channel, role, frozenset(case_ids), at or now()))
    if not covered:
        raise _no_permit([f"{name} {reason or 'covers galleries that were removed'}" for name, _, reason in reasons])
    return _grant_of({scope: held.permit for scope, held in covered.items()})


def check(
    session: Session,
    grant: PermitGrant,
    *,
    channel: Channel,
    role: SubjectRole,
    case_ids: Collection[int] = (),
    at: datetime | None = None,
) -> None:
    """Raise NoPermit unless every permit of a grant that was given earlier still covers what it was given for."""
    for gallery_id in grant.gallery_ids:
        living_gallery(session, gallery_id)
    asked = _Asked(channel, role, frozenset(case_ids), at or now())
    reasons: list[str] = []
    for permit_id in grant.permit_ids:
        name, scopes = public("permit", permit_id), {scope for scope, number in grant.covered if number == permit_id}
        held = next(_permits(session, permit_id), None)
        if held is None:
            reasons.append(f"there is no permit {name}")
        elif (reason := _why_not(held.permit, asked)) is not None:
            reasons.append(f"{name} {reason}")
        else:
            reasons += [f"{name} {_does_not_cover(session, scopes - held.scopes)}"] if scopes - held.scopes else []
    if reasons or not grant.covered:
        raise _no_permit(reasons)


def _grant_of(permits: Mapping[Scope, Permit]) -> PermitGrant:
    order = sorted(permits, key=lambda scope: (scope == MATERIAL, scope.gallery_id or 0))
    return PermitGrant(tuple((scope, permits[scope].id) for scope in order))


#: A permit's id, what it covers, and why it does not count for a search, where it does not.
_Reason = tuple[str, frozenset[Scope], str | None]


def _cover(session: Session, asked: _Asked) -> tuple[dict[Scope, _Held], list[_Reason]]:
    """Each collection that a permit covers with the first that does, and what was found about every permit."""
    covered: dict[Scope, _Held] = {}
    reasons: list[_Reason] = []
    for held in _permits(session):
        reason = _why_not(held.permit, asked)
        reasons.append((public("permit", held.permit.id), held.scopes, reason))
        if reason is None:
            for scope in held.scopes:
                covered.setdefault(scope, held)
    return covered, reasons


def _shortfalls(session: Session, reasons: Collection[_Reason], missing: Collection[Scope]) -> list[str]:
    """Why none of the permits covers all of these collections."""
    found = []
    for name, scopes, reason in reasons:
        lacking = {scope for scope in missing if scope not in scopes}
        if reason is not None or lacking:
            found.append(f"{name} {reason or _does_not_cover(session, lacking)}")
    return found


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
        scopes = {Scope(gallery_id) for gallery_id in session.scalars(galleries)}
        yield _Held(permit, frozenset(scopes | ({MATERIAL} if permit.material else set())))


def _why_not(permit: Permit, asked: _Asked) -> str | None:
    """Why a permit covers nothing of a search; none where it covers what it names."""
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
    if permit.case_id is not None and permit.case_id not in asked.case_ids:
        return f"is for the case {public('case', permit.case_id)} alone"
    return None


def _does_not_cover(session: Session, scopes: Collection[Scope]) -> str:
    galleries = [scope.gallery_id for scope in scopes if scope.gallery_id is not None]
    if not galleries:
        return "does not cover the material of cases and open referrals"
    names = session.scalars(select(Gallery.name).where(Gallery.id.in_(galleries)).order_by(Gallery.name))
    return f"does not cover the gallery {', '.join(names)}"


def _no_permit(reasons: Collection[str]) -> NoPermit:
    return NoPermit(f"No permit covers this search: {'; '.join(reasons) or 'none was ever granted'}.", _HINT)


def living_gallery(session: Session, gallery_id: int) -> None:
    """Raise NotFound for a gallery that never was, NoPermit for one that was removed."""
    gallery = session.get(Gallery, gallery_id)
    if gallery is None:
        raise NotFound(f"There is no gallery {public('gallery', gallery_id)}.", "See them all: triage gallery list")
    if gallery.removed_at is not None:
        raise NoPermit(
            f"The gallery {gallery.name} was removed on {gallery.removed_at:%Y-%m-%d} and cannot be searched.",
            "Search the galleries that are left: triage gallery list",
        )
