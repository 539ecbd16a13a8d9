"""The spaces that embeddings live in, and which of them the unit works in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ledger
from engine.records.actors import Actor
from engine.records.errors import NotFound, SpaceMismatch
from engine.records.schema import Space, now
from engine.records.words import UserRole


@dataclass(frozen=True, slots=True)
class SpaceRecord:
    """A space as the records keep it; the id is a digest of the description, dimension counts float32 values."""

    id: str
    model: str
    dimension: int
    metric: str
    description: Mapping[str, Any]


def register(session: Session, space: SpaceRecord, *, actor: Actor) -> Space:
    """Make a space known; the first one of a deployment is at work at once, later ones wait for `activate`.

    Raises SpaceMismatch when the same id is known with another shape or description.
    """
    known = session.get(Space, space.id)
    if known is not None:
        _same_or_raise(known, space)
        return known
    first = session.scalar(select(Space.id).limit(1)) is None
    known = Space(
        id=space.id,
        model=space.model,
        dimension=space.dimension,
        metric=space.metric,
        description=dict(space.description),
        activated_at=now() if first else None,
    )
    session.add(known)
    session.flush()
    ledger.record(session, actor=actor, action="space.registered", target=space.id, active=first)
    return known


def activate(session: Session, space_id: str, *, actor: Actor) -> Space:
    """Put a space to work, by a supervisor's decision; raises NotFound or Refused."""
    actor.require_role(UserRole.SUPERVISOR, doing="activate a model")
    space = get_space(session, space_id)
    space.activated_at = now()
    ledger.record(session, actor=actor, action="space.activated", target=space.id)
    return space


def get_space(session: Session, space_id: str) -> Space:
    """The space with this id; raises NotFound."""
    space = session.get(Space, space_id)
    if space is None:
        raise NotFound(f"There is no space {space_id}.", "See the known ones: triage models list")
    return space


def active_space(session: Session) -> Space:
    """The space the unit works in: the one activated last; raises NotFound while there is none."""
    query = select(Space).where(Space.activated_at.is_not(None)).order_by(Space.activated_at.desc(), Space.id).limit(1)
    space = session.scalar(query)
    if space is None:
        raise NotFound("No model has been put to work yet.", "Enrol or enqueue a picture first: triage enqueue PATH")
    return space


def _same_or_raise(known: Space, space: SpaceRecord) -> None:
    if (known.model, known.dimension, known.metric, known.description) != (
        space.model,
        space.dimension,
        space.metric,
        dict(space.description),
    ):
        raise SpaceMismatch(
            f"The space {space.id} is known as {known.model} with {known.dimension} values, not as this one.",
            "Two different models must not share an id; see: triage models list",
        )
