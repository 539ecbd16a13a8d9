"""Pauses of intake and of the workers: kept here, so that nothing goes on because a queue was emptied."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import keys_of, unit_of
from engine.records.schema import Pause, User, now
from engine.records.words import Paused


def in_force(session: Session) -> dict[Paused, Pause]:
    """What is paused at this moment."""
    query = select(Pause).where(Pause.unit_id == unit_of(session), Pause.ended_at.is_(None)).order_by(Pause.id)
    return {one.what: one for one in session.scalars(query)}


def pause(session: Session, what: Collection[Paused], reason: str, *, actor: Actor) -> list[Pause]:
    """Pause these, with words on why for people; what is paused already stays so for its first reason."""
    standing, made = in_force(session), []
    for one in sorted(set(what) - set(standing)):
        made.append(Pause(unit_id=unit_of(session), what=one, reason=reason, actor=actor.name))
        session.add(made[-1])
        session.flush()
        _record(session, made[-1], "paused", actor, reason=keys_of(session).keyed_hash(reason))
    return made


def resume(session: Session, what: Collection[Paused], *, actor: Actor) -> list[Pause]:
    """End the pauses of these; gives those that were in force."""
    ended = [one for kind, one in in_force(session).items() if kind in what]
    for one in ended:
        one.ended_by, one.ended_at = actor.name, now()
        _record(session, one, "resumed", actor)
    return ended


def in_words(session: Session, pause: Pause) -> str:
    """A pause as a sentence: what, since when, by whom and why."""
    user_id = pause.actor.removeprefix("user:")
    user = session.get(User, int(user_id)) if user_id.isdecimal() else None
    what = "Intake is" if pause.what is Paused.INTAKE else "The workers are"
    by = pause.actor if user is None else user.name
    return f"{what} paused since {pause.since:%Y-%m-%d %H:%M} UTC by {by}: {pause.reason}"


def _record(session: Session, one: Pause, did: str, actor: Actor, **details: str) -> None:
    ledger.record(session, actor=actor, action=f"{one.what.value}.{did}", target=ids.public("pause", one.id), **details)
