"""Claims with an end: one holder per resource at any time, and a silent holder's claim ends by itself.

Every function must run in a write: writers take turns, so that what is read here is still true when it is written.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.records.errors import Claimed
from engine.records.schema import Lease, now
from engine.records.words import LeaseKind


def acquire(
    session: Session, kind: LeaseKind, resource: str, holder: str, seconds: float, *, at: datetime | None = None
) -> Lease:
    """Claim a resource (a public id), or renew one's own claim; raises Claimed while somebody else holds it."""
    at = at or now()
    lease = _find(session, kind, resource)
    if lease is None:
        lease = Lease(kind=kind, resource=resource, holder=holder, acquired_at=at)
        session.add(lease)
    elif lease.holder != holder:
        if lease.expires_at > at:
            raise Claimed(
                f"{resource} is held by {lease.holder} until {lease.expires_at:%H:%M:%S} UTC.",
                "Take another one, or wait: a claim ends by itself when its holder goes silent.",
            )
        lease.holder, lease.acquired_at = holder, at
    lease.expires_at = at + timedelta(seconds=seconds)
    session.flush()
    return lease


def release(session: Session, kind: LeaseKind, resource: str, holder: str) -> bool:
    """End one's own claim; says whether there was one."""
    lease = _find(session, kind, resource)
    if lease is None or lease.holder != holder:
        return False
    session.delete(lease)
    session.flush()
    return True


def holder_of(session: Session, kind: LeaseKind, resource: str, *, at: datetime | None = None) -> str | None:
    """Who holds a resource now, or none."""
    lease = _find(session, kind, resource)
    return lease.holder if lease is not None and lease.expires_at > (at or now()) else None


def expire(session: Session, *, at: datetime | None = None) -> list[Lease]:
    """Remove the claims that have ended by themselves, and give them for whoever puts their work back."""
    ended = list(session.scalars(select(Lease).where(Lease.expires_at <= (at or now()))))
    session.execute(delete(Lease).where(Lease.id.in_([lease.id for lease in ended])))
    return ended


def _find(session: Session, kind: LeaseKind, resource: str) -> Lease | None:
    return session.scalar(select(Lease).where(Lease.kind == kind, Lease.resource == resource))
