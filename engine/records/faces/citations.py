"""Which faces are cited: people or searches rest on them, so no later analysis may take them away."""

from collections.abc import Collection, Iterator

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from engine.records.portions import portions
from engine.records.schema import (
    Candidate,
    Conclusion,
    ExcludedPair,
    Exhibit,
    ReferenceFace,
    Search,
    Subject,
    SubjectFace,
)


def cited(session: Session, face_ids: Collection[int]) -> set[int]:
    """Those of the faces that a reference, a search, an exhibit, an exclusion or a subject people shaped rests on."""
    found: set[int] = set()
    for portion in portions(face_ids):
        for query in _citing(portion):
            found.update(face_id for face_id in session.scalars(query) if face_id is not None)
    return found


def _citing(faces: list[int]) -> Iterator[Select[int | None]]:
    columns = (
        ReferenceFace.face_id,
        Candidate.probe_face_id,
        Candidate.face_id,
        Exhibit.probe_face_id,
        Exhibit.face_id,
        ExcludedPair.probe_face_id,
        ExcludedPair.face_id,
    )
    for column in columns:
        yield select(column).where(column.in_(faces))
    concluded = exists().where(or_(Conclusion.subject_id == Subject.id, Conclusion.linked_subject_id == Subject.id))
    searched = exists().where(Search.subject_id == Subject.id)
    yield (
        select(SubjectFace.face_id)
        .join(Subject, Subject.id == SubjectFace.subject_id)
        .where(SubjectFace.face_id.in_(faces), or_(Subject.shaped_by_id.is_not(None), concluded, searched))
    )
