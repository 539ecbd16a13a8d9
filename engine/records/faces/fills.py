"""Filling a space beside the one at work: every face of the records is embedded again, and so are those that come.

What is left to do is read from the faces themselves, so a fill may be interrupted, repeated and run twice at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import NotFound
from engine.records.faces import findable
from engine.records.faces.embeddings import keep_new_vectors
from engine.records.faces.spaces import get_space
from engine.records.ids import public
from engine.records.schema import Embedding, Face, Fill, Unfilled, now
from engine.records.words import UserRole


@dataclass(frozen=True, slots=True)
class FillState:
    """How far a space is filled: of `faces` in the records, `filled` have a vector in it and `unfilled` cannot get one.

    paused: somebody stopped it. problem: why it stopped by itself, in words.
    """

    faces: int
    filled: int
    unfilled: int
    paused: bool
    problem: str | None

    @property
    def missing(self) -> int:
        """Faces that are still to be embedded."""
        return self.faces - self.filled - self.unfilled

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be done."""
        return self.missing <= 0


def start(session: Session, space_id: str, *, actor: Actor) -> Fill:
    """Begin to fill a space, or go on from the first face that lacks a vector; faces that failed are tried again."""
    actor.require_role(UserRole.SUPERVISOR, doing="fill the space of a model")
    space = get_space(session, space_id)
    fill = fill_of(session, space_id)
    if fill is None:
        fill = Fill(unit_id=unit_of(session), space_id=space.id)
        session.add(fill)
    fill.upto_face_id, fill.paused_at, fill.problem = 0, None, None
    session.execute(delete(Unfilled).where(Unfilled.space_id == space.id))
    session.flush()
    ledger.record(session, actor=actor, action="space.fill_started", target=space.id)
    return fill


def pause(session: Session, space_id: str, *, actor: Actor) -> None:
    """Stop filling a space; what is filled stays. Raises NotFound for a space that nobody fills."""
    actor.require_role(UserRole.SUPERVISOR, doing="fill the space of a model")
    fill = fill_of(session, space_id)
    if fill is None:
        raise NotFound(f"The space {space_id} is not being filled.", "See what is: triage models list")
    fill.paused_at = fill.paused_at or now()
    ledger.record(session, actor=actor, action="space.fill_paused", target=space_id)


def fill_of(session: Session, space_id: str) -> Fill | None:
    """The fill of a space, at work or paused; none where nobody asked for one."""
    return session.scalar(select(Fill).where(Fill.space_id == space_id))


def at_work(session: Session) -> list[Fill]:
    """The fills that have a face to look at and that nothing has stopped."""
    newest = session.scalar(select(func.max(Face.id))) or 0
    open_ones = select(Fill).where(Fill.paused_at.is_(None), Fill.problem.is_(None), Fill.upto_face_id < newest)
    return list(session.scalars(open_ones.order_by(Fill.id)))


def caught_up(session: Session) -> list[str]:
    """The ids of the spaces whose fills have looked at every face there is."""
    newest = session.scalar(select(func.max(Face.id))) or 0
    return list(session.scalars(select(Fill.space_id).where(Fill.upto_face_id >= newest).order_by(Fill.id)))


def next_faces(session: Session, fill: Fill, limit: int) -> list[Face]:
    """The faces to embed next, oldest first."""
    query = select(Face).where(Face.id > fill.upto_face_id, _lacks(fill.space_id)).order_by(Face.id).limit(limit)
    return list(session.scalars(query))


def store(session: Session, fill: Fill, vectors: Mapping[int, bytes], failures: Mapping[int, str]) -> None:
    """Keep the vectors of faces, and the reasons of those that have none, by face; `fill` goes on behind them.

    Faces that were erased meanwhile are left out. Raises BadVector and SpaceMismatch.
    """
    done = [*vectors, *failures]
    there = set(session.scalars(select(Face.id).where(Face.id.in_(done))))
    kept = {face: vector for face, vector in vectors.items() if face in there}
    keep_new_vectors(session, fill.space_id, kept)
    findable.sync(session, list(kept))
    known = set(session.scalars(select(Unfilled.face_id).where(Unfilled.space_id == fill.space_id)))
    session.add_all(
        Unfilled(space_id=fill.space_id, face_id=face, reason=reason)
        for face, reason in failures.items()
        if face in there and face not in known
    )
    fill.upto_face_id = max(fill.upto_face_id, *done)


def finish(session: Session, fill: Fill, *, actor: Actor) -> bool:
    """Note that every face was looked at; False where one was passed over, and `fill` begins anew to find it."""
    newest = session.scalar(select(func.max(Face.id))) or 0
    if session.scalar(select(Face.id).where(_lacks(fill.space_id)).limit(1)) is not None:
        fill.upto_face_id = 0
        return False
    fill.upto_face_id = newest
    state = state_of(session, fill.space_id)
    ledger.record(
        session,
        actor=actor,
        action="space.filled",
        target=fill.space_id,
        fill=public("fill", fill.id),
        faces=state.filled,
        unfilled=state.unfilled,
    )
    return True


def stop(session: Session, fill_id: int, problem: str) -> None:
    """Note why a fill cannot go on; nothing happens where it is not there."""
    if (fill := session.get(Fill, fill_id)) is not None:
        fill.problem = problem


def state_of(session: Session, space_id: str) -> FillState:
    """How far a space is filled, whether anybody asked for that or not."""
    fill = fill_of(session, space_id)
    filled = select(func.count()).select_from(Embedding).where(Embedding.space_id == space_id)
    unfilled = select(func.count()).select_from(Unfilled).where(Unfilled.space_id == space_id)
    return FillState(
        faces=session.scalar(select(func.count()).select_from(Face)) or 0,
        filled=session.scalar(filled) or 0,
        unfilled=session.scalar(unfilled) or 0,
        paused=fill is not None and fill.paused_at is not None,
        problem=None if fill is None else fill.problem,
    )


def unfilled(session: Session, space_id: str, limit: int | None = None) -> list[Unfilled]:
    """The faces that could not be embedded in a space, oldest first."""
    query = select(Unfilled).where(Unfilled.space_id == space_id).order_by(Unfilled.face_id)
    return list(session.scalars(query.limit(limit)))


def _lacks(space_id: str) -> ColumnElement[bool]:
    """The condition on `Face` that it has no vector in a space and that nothing was found to stand against one."""
    embedded = exists().where(Embedding.face_id == Face.id, Embedding.space_id == space_id)
    given_up = exists().where(Unfilled.face_id == Face.id, Unfilled.space_id == space_id)
    return ~embedded & ~given_up
