"""Events of the ledger on the terminal and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from console.cli.output import moment, print_table
from engine.records.people import users
from engine.records.schema import LedgerEvent

# Hexadecimal digits of a keyed hash; on the screen its first ones do.
_HASH_LENGTH = 64


def actor_names(session: Session) -> dict[str, str]:
    """The users' names by how the ledger writes them."""
    return {f"user:{user.id}": user.name for user in users.list_users(session, revoked=True)}


def print_events(events: Sequence[LedgerEvent], names: Mapping[str, str], *, empty: str) -> None:
    """Write events as a table, in the order given."""
    print_table(
        ("event", "at", "who", "did", "to", "details"),
        (
            (
                event.id,
                moment(event.at),
                names.get(event.actor, event.actor),
                event.action,
                event.target,
                ", ".join(f"{name}={_short(value)}" for name, value in event.details.items() if value is not None),
            )
            for event in events
        ),
        empty=empty,
    )


def event_document(event: LedgerEvent) -> dict[str, Any]:
    """An event for JSON."""
    return {
        "id": event.id,
        "at": event.at,
        "actor": event.actor,
        "action": event.action,
        "target": event.target,
        "details": event.details,
        "seal": event.seal,
    }


def _short(value: object) -> str:
    text = str(value)
    return f"{text[:8]}..." if len(text) == _HASH_LENGTH else text
