"""The spaces that embeddings live in, and which of them the unit works in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import keys_of, unit_of
from engine.records.errors import NotFound, Refused, SpaceMismatch
from engine.records.schema import Activation, Embedding, Space, Unfilled, now
from engine.records.words import UserRole


@dataclass(frozen=True, slots=True)
class SpaceRecord:
    """A space as the records keep it; the id is a digest of the description, dimension counts float32 values."""

    id: str
    model: str
    dimension: int
    metric: str
    description: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a model is put to work, in words, and the evaluation that this rests on.

    without: how many faces, which cannot be embedded with it, no search will find any more.
    """

    reason: str
    evaluation: str
    without: int = 0


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


def activate(session: Session, space_id: str, decision: Decision, *, actor: Actor) -> Activation:
    """Put a space to work, by a supervisor's decision.

    Raises NotFound; Refused where the decision gives no reason or evaluation, and where faces would be lost that it
    does not name: those that searches find now and that have no vector in the space.
    """
    actor.require_role(UserRole.SUPERVISOR, doing="activate a model")
    if not decision.reason.strip() or not decision.evaluation.strip():
        raise Refused(
            "Activating a model needs a reason and an evaluation.",
            "Evaluate it on your own data: triage evaluate identify --help; then name that evaluation.",
        )
    space = get_space(session, space_id)
    _lose_nobody(session, space, decision.without)
    activation = Activation(
        unit_id=unit_of(session),
        space_id=space.id,
        decided_by_id=actor.require_person("activate a model"),
        reason=decision.reason,
        evaluation=decision.evaluation,
    )
    session.add(activation)
    space.activated_at = activation.decided_at = now()
    session.flush()
    keys = keys_of(session)
    ledger.record(
        session,
        actor=actor,
        action="space.activated",
        target=space.id,
        activation=activation.id,
        reason=keys.keyed_hash(decision.reason),
        evaluation=keys.keyed_hash(decision.evaluation),
        without=decision.without,
    )
    return activation


def activations(session: Session) -> list[Activation]:
    """The decisions to put a space to work, the latest first."""
    return list(session.scalars(select(Activation).order_by(Activation.id.desc())))


def get_space(session: Session, space_id: str) -> Space:
    """The space with this id; raises NotFound."""
    space = session.get(Space, space_id)
    if space is None:
        raise NotFound(f"There is no space {space_id}.", "See the known ones: triage models list")
    return space


def active_space(session: Session) -> Space:
    """The space the unit works in: the one activated last; raises NotFound while there is none."""
    space = space_at_work(session)
    if space is None:
        raise NotFound("No model has been put to work yet.", "Enrol or enqueue a picture first: triage enqueue PATH")
    return space


def space_at_work(session: Session) -> Space | None:
    """As `active_space`, or none."""
    query = select(Space).where(Space.activated_at.is_not(None)).order_by(Space.activated_at.desc(), Space.id).limit(1)
    return session.scalar(query)


def require_at_work(session: Session, space_id: str) -> None:
    """Raise SpaceMismatch for a space that the unit does not work in: what is found in it would not be searched."""
    space = active_space(session)
    if space.id != space_id:
        raise SpaceMismatch(
            f"The unit works with {space.model} (space {space.id}); this face was embedded in the space {space_id}.",
            "Try again: what still runs loads the model at work before its next picture.",
        )


def _lose_nobody(session: Session, space: Space, without: int) -> None:
    in_space = select(Embedding.face_id).where(Embedding.space_id == space.id)
    lost = Embedding.face_id.not_in(in_space)
    given_up = Embedding.face_id.in_(select(Unfilled.face_id).where(Unfilled.space_id == space.id))
    missing = session.scalar(select(func.count(Embedding.face_id.distinct())).where(lost, ~given_up))
    if missing:
        raise Refused(
            f"Faces in the records without a vector of {space.model}: {missing:,}. No search would find them any more.",
            f"Embed them again with it first: triage models fill {space.model}",
        )
    unfilled = session.scalar(select(func.count(Embedding.face_id.distinct())).where(lost)) or 0
    if unfilled != without:
        raise Refused(
            f"Faces in the records that cannot be embedded with {space.model}: {unfilled:,}. No search would find them "
            "any more.",
            f"See which and why: triage models unfilled {space.model}. To go without them: --without {unfilled}",
        )


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
