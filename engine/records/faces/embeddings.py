"""The faces' vectors, each kept inside the one space it was made in."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.records.errors import BadVector, SpaceMismatch
from engine.records.faces import findable
from engine.records.ids import public
from engine.records.packing import VALUE_SIZE, unpack
from engine.records.portions import portions
from engine.records.schema import Embedding, Space


def add_embedding(session: Session, face_id: int, space_id: str, vector: bytes) -> Embedding:
    """Keep a face's vector in a space and make the face findable there; an earlier one in that space is replaced.

    Raises SpaceMismatch for a space that is not registered, BadVector for a vector of another length than the space's,
    with a value that is not finite, or of zeros only.
    """
    embedding = keep_vector(session, face_id, space_id, vector)
    findable.sync(session, [face_id])
    return embedding


def keep_vector(session: Session, face_id: int, space_id: str, vector: bytes) -> Embedding:
    """As `add_embedding`, for callers that sync what is findable once for many faces."""
    _check(session, face_id, space_id, vector)
    embedding = session.scalar(select(Embedding).where(Embedding.face_id == face_id, Embedding.space_id == space_id))
    if embedding is None:
        embedding = Embedding(face_id=face_id, space_id=space_id, vector=vector)
        session.add(embedding)
    elif embedding.vector != vector:
        # An index that has seen the face would go on using the old vector, so the face must get a newer row.
        findable.forget(session, face_id, space_id)
        embedding.vector = vector
    session.flush()
    return embedding


def keep_new_vectors(session: Session, space_id: str, vectors: Mapping[int, bytes]) -> None:
    """Keep the vectors of those of the faces that have none in the space yet; `findable.sync` must follow.

    Raises as `add_embedding` does.
    """
    for face_id, vector in vectors.items():
        _check(session, face_id, space_id, vector)
    known: set[int] = set()
    for portion in portions(vectors):
        query = select(Embedding.face_id).where(Embedding.space_id == space_id, Embedding.face_id.in_(portion))
        known.update(session.scalars(query))
    missing = [
        {"face_id": face, "space_id": space_id, "vector": vectors[face]} for face in vectors if face not in known
    ]
    if missing:
        session.execute(insert(Embedding), missing)


def vectors(session: Session, space_id: str, face_ids: Collection[int]) -> dict[int, NDArray[np.float32]]:
    """The vectors, float32 [D], of those of the faces that have one in the space, by face."""
    found: dict[int, NDArray[np.float32]] = {}
    for portion in portions(face_ids):
        query = select(Embedding.face_id, Embedding.vector).where(
            Embedding.space_id == space_id, Embedding.face_id.in_(portion)
        )
        found.update((face_id, unpack([data], len(data) // VALUE_SIZE)[0]) for face_id, data in session.execute(query))
    return found


def _check(session: Session, face_id: int, space_id: str, vector: bytes) -> None:
    face = public("face", face_id)
    space = session.get(Space, space_id)
    if space is None:
        raise SpaceMismatch(
            f"The vector of {face} belongs to the space {space_id}, which is not registered.",
            "Register the model's space before its vectors are kept.",
        )
    again = "Embed the face again; if it happens again, check the model's file: triage models list"
    if len(vector) != VALUE_SIZE * space.dimension:
        raise BadVector(
            f"The vector of {face} has {len(vector)} bytes; {space.model} makes {space.dimension} float32 values.",
            again,
        )
    values = unpack([vector], space.dimension)
    if not np.isfinite(values).all():
        raise BadVector(f"The vector of {face} holds values that are not finite.", again)
    if not values.any():
        raise BadVector(f"The vector of {face} is all zeros.", again)
