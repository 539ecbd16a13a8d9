"""Stopping intake and the workers for a while: the records say it, and Redis is kept to what they say."""

from collections.abc import Collection

from redis import Redis
from rq import suspension

from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.intake import pauses
from engine.records.words import Paused
from jobs.errors import IntakePaused

BOTH = (Paused.INTAKE, Paused.WORK)


def pause(records: Records, what: Collection[Paused], reason: str, *, actor: Actor) -> list[str]:
    """Pause these and give sentences on all that is paused then; `keep_to` makes the workers heed it.

    A batch that is being taken in is finished, and so is the job that a worker is at.
    """
    with records.database.write() as session:
        pauses.pause(session, what, reason, actor=actor)
        return [pauses.in_words(session, one) for one in pauses.in_force(session).values()]


def resume(records: Records, what: Collection[Paused], *, actor: Actor) -> int:
    """Let these go on; gives how many were paused. `keep_to` tells the workers."""
    with records.database.write() as session:
        return len(pauses.resume(session, what, actor=actor))


def keep_to(records: Records, redis: Redis) -> None:
    """Suspend or resume the workers as the records say; raises redis' ConnectionError."""
    with records.database.read() as session:
        should = Paused.WORK in pauses.in_force(session)
    if should and not suspension.is_suspended(redis):
        suspension.suspend(redis)
    elif not should and suspension.is_suspended(redis):
        suspension.resume(redis)


def require_intake(records: Records) -> None:
    """Raise IntakePaused while intake is paused."""
    with records.database.read() as session:
        pause = pauses.in_force(session).get(Paused.INTAKE)
        if pause is not None:
            raise IntakePaused(
                f"{pauses.in_words(session, pause)}.",
                "Nothing of it was taken in; repeat it once that is over. Let it go on: triage jobs resume",
            )


def work_paused(records: Records) -> str | None:
    """A sentence where the workers are paused."""
    with records.database.read() as session:
        pause = pauses.in_force(session).get(Paused.WORK)
        return None if pause is None else f"{pauses.in_words(session, pause)}."
