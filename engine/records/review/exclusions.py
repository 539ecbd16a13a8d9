"""Pairs of faces that examiners held to be different people: such a pair is not proposed again.

What comes back is a new image of the same person, marked as excluded earlier. A pair whose examiner takes the word back
is open again.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.records.portions import portions
from engine.records.review.in_force import is_in_force
from engine.records.schema import Conclusion, ExcludedPair, Reference


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What examiners in force excluded for some probe faces.

    pairs: (probe face, other face), by id. reference_ids, subject_ids: the references, and subjects of other referrals,
    of which at least one face was excluded; further references of the same person are among them.
    """

    pairs: frozenset[tuple[int, int]]
    reference_ids: frozenset[int]
    subject_ids: frozenset[int]


def exclude(
    session: Session, conclusion: Conclusion, probe_face_ids: Collection[int], face_ids: Collection[int]
) -> None:
    """Keep every pair of a subject's and a candidate's faces as excluded by this conclusion."""
    pairs = [
        {"conclusion_id": conclusion.id, "probe_face_id": probe, "face_id": face}
        for probe in sorted(probe_face_ids)
        for face in sorted(face_ids)
        if probe != face
    ]
    if pairs:
        session.execute(insert(ExcludedPair), pairs)


def of_probe(session: Session, face_ids: Collection[int]) -> Exclusions:
    """The exclusions in force that name these probe faces, on either side of the pair."""
    pairs: set[tuple[int, int]] = set()
    persons: set[int] = set()
    subjects: set[int] = set()
    for pair, person_id, subject_id in _named(session, face_ids):
        pairs.add(pair)
        if person_id is not None:
            persons.add(person_id)
        if subject_id is not None:
            subjects.add(subject_id)
    references: set[int] = set()
    for portion in portions(persons):
        references.update(session.scalars(select(Reference.id).where(Reference.person_id.in_(portion))))
    return Exclusions(frozenset(pairs), frozenset(references), frozenset(subjects))


def _named(session: Session, face_ids: Collection[int]) -> Iterator[tuple[tuple[int, int], int | None, int | None]]:
    """Each pair, probe first, with the person or the subject on its other side."""
    query = (
        select(ExcludedPair, Reference.person_id, Conclusion.subject_id, Conclusion.linked_subject_id)
        .join(Conclusion, Conclusion.id == ExcludedPair.conclusion_id)
        .outerjoin(Reference, Reference.id == Conclusion.reference_id)
        .where(is_in_force())
    )
    for portion in portions(face_ids):
        for pair, person, _, linked in session.execute(query.where(ExcludedPair.probe_face_id.in_(portion))):
            yield (pair.probe_face_id, pair.face_id), person, linked
        # Two subjects that are different people are so whichever of them is the probe.
        for pair, _, subject, _ in session.execute(query.where(ExcludedPair.face_id.in_(portion))):
            yield (pair.face_id, pair.probe_face_id), None, subject
