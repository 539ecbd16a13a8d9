"""The tamper-evident log of what people and machines did: every event seals the one before it with the ledger's key.

Whoever can write to the database but lacks the key can change nothing here unseen: not a word of an event, not their
order, not their number. Putting the whole ledger back to an earlier state, with the head of that time, goes unseen from
inside; the length and the last seal, kept somewhere else, show that too. Events hold ids and keyed hashes, no content.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.database import keys_of, unit_of
from engine.records.errors import LedgerBroken
from engine.records.schema import LedgerEvent, LedgerHead, now

#: What may stand in an event's details: what JSON can hold.
Detail = str | int | float | bool | None | Sequence["Detail"] | Mapping[str, "Detail"]

#: What the first event names as the seal before it.
_START = "0" * 64
_HEAD = 1


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a check of the ledger found; `first_bad` is the number of the first event that does not hold."""

    length: int
    seal: str
    ok: bool
    first_bad: int | None = None
    reason: str | None = None


def begin(session: Session) -> None:
    """Start the ledger of a new deployment; its first event must follow in the same transaction."""
    head = LedgerHead(id=_HEAD, length=0, seal=_START)
    head.proof = _proof(keys_of(session).ledger, head)
    session.add(head)
    session.flush()


def record(session: Session, *, actor: Actor, action: str, target: str, **details: Detail) -> LedgerEvent:
    """Append one event in the session's transaction; raises LedgerBroken when the end was cut off or altered.

    `target` is the public id of what it was done to; `details` hold ids, words of vocabularies, numbers, keyed hashes.
    """
    key = keys_of(session).ledger
    head = session.get(LedgerHead, _HEAD)
    if head is None or not _head_holds(key, head):
        raise LedgerBroken("The ledger's head is gone or altered; nothing can be added.", "Run: triage ledger verify")
    event = LedgerEvent(
        id=head.length + 1,
        unit_id=unit_of(session),
        at=now(),
        actor=actor.name,
        action=action,
        target=target,
        details=dict(details),
        previous=head.seal,
    )
    event.seal = _seal(key, event)
    session.add(event)
    head.length, head.seal = event.id, event.seal
    head.proof = _proof(key, head)
    session.flush()
    return event


def verify(session: Session) -> LedgerReport:
    """Check every event from the first to the last and the head that says where the last one is."""
    key = keys_of(session).ledger
    previous, length = _START, 0
    try:
        for event in _all(session):
            expected = length + 1
            if event.id != expected:
                return _broken(length, previous, expected, f"event {expected} is missing")
            if event.previous != previous:
                return _broken(length, previous, expected, f"event {expected} does not follow the one before it")
            if not hmac.compare_digest(_seal(key, event), event.seal):
                return _broken(length, previous, expected, f"event {expected} was altered")
            previous, length = event.seal, expected
    except (ValueError, TypeError, AttributeError):
        # What the program never writes (an unreadable moment, details that are no JSON) was put there by another hand.
        return _broken(length, previous, length + 1, f"event {length + 1} cannot be read")
    return _against_head(session, key, length, previous)


def events(session: Session, *, target: str | None = None, limit: int | None = None) -> list[LedgerEvent]:
    """The newest events first, of one target or of all."""
    query = select(LedgerEvent).order_by(LedgerEvent.id.desc()).limit(limit)
    if target is not None:
        query = query.where(LedgerEvent.target == target)
    return list(session.scalars(query))


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way to write a JSON object: sorted keys, no spaces, ASCII; raises ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _all(session: Session) -> Iterator[LedgerEvent]:
    query = select(LedgerEvent).order_by(LedgerEvent.id).execution_options(yield_per=1000, populate_existing=True)
    yield from session.scalars(query)


def _against_head(session: Session, key: bytes, length: int, last: str) -> LedgerReport:
    head = session.get(LedgerHead, _HEAD, populate_existing=True)
    if head is None:
        return _broken(length, last, length, "the head is missing")
    if not _head_holds(key, head):
        return _broken(length, last, length, "the head was altered")
    if head.length != length:
        return _broken(length, last, length + 1, f"the head knows {head.length} events, {length} are there")
    if head.seal != last:
        return _broken(length, last, length, f"event {length} is not the one that the head knows")
    return LedgerReport(length, last, ok=True)


def _broken(length: int, seal: str, first_bad: int, reason: str) -> LedgerReport:
    return LedgerReport(length, seal, ok=False, first_bad=first_bad, reason=reason)


def _head_holds(key: bytes, head: LedgerHead) -> bool:
    return hmac.compare_digest(_proof(key, head), head.proof)


def _proof(key: bytes, head: LedgerHead) -> str:
    return _mac(key, {"head": head.length, "seal": head.seal})


def _seal(key: bytes, event: LedgerEvent) -> str:
    return _mac(
        key,
        {
            "id": event.id,
            "unit": event.unit_id,
            "at": _moment(event.at),
            "actor": event.actor,
            "action": event.action,
            "target": event.target,
            "details": event.details,
            "previous": event.previous,
        },
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _mac(key: bytes, value: Mapping[str, Any]) -> str:
    return hmac.new(key, canonical(value), hashlib.sha256).hexdigest()
