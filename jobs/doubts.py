"""Which names of a gallery to doubt: pictures unlike their own person, and one face under two names."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.faces import findable
from engine.records.portions import portions
from engine.records.schema import Gallery, Person, Reference, ReferenceFace
from engine.records.scopes import Scope
from engine.search.space import Space, similarity
from jobs.likeness import Likeness


@dataclass(frozen=True, slots=True)
class Doubt:
    """One enrolled picture that a person should look at again; `other` is the picture it was compared with."""

    kind: str
    person: str
    path: str
    other_person: str
    other: str
    score: float

    def document(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "kind": self.kind,
            "person": self.person,
            "path": self.path,
            "other_person": self.other_person,
            "other_path": self.other,
            "score": round(self.score, 4),
        }


@dataclass(frozen=True, slots=True)
class _Gallery:
    """All findable faces of a gallery: face and owner int64 [n], vectors float32 [n, D]."""

    faces: NDArray[np.int64]
    owners: NDArray[np.int64]
    vectors: NDArray[np.float32]


def doubts(
    session: Session, gallery: Gallery, space: Space, likeness: Likeness | None, face_ids: Collection[int]
) -> list[Doubt]:
    """The doubts about newly enrolled faces, compared with the whole gallery; none for an unmeasured model.

    A picture is unlike its person when it resembles none of that person's other pictures and somebody else's more.
    """
    everything = _read(session, gallery, space)
    if likeness is None or everything is None:
        return []
    found: list[tuple[str, int, int, float]] = []
    for place in np.flatnonzero(np.isin(everything.faces, np.fromiter(face_ids, np.int64))):
        found += _of_one(everything, int(place), space, likeness)
    labels = _labels(session, {int(everything.faces[place]) for _, *places, _ in found for place in places})

    def label(place: int) -> tuple[str, str]:
        return labels[int(everything.owners[place]), int(everything.faces[place])]

    return [Doubt(kind, *label(one), *label(other), score) for kind, one, other, score in found]


def _of_one(everything: _Gallery, place: int, space: Space, likeness: Likeness) -> list[tuple[str, int, int, float]]:
    """The doubts about the face at a place: their kind, the place, that of the face it was compared with, the score."""
    scores = similarity(space, everything.vectors[place : place + 1], everything.vectors)[0]
    own = everything.owners == everything.owners[place]
    found = []
    strangest = np.where(own, -np.inf, scores)
    closest_other = int(strangest.argmax())
    if strangest[closest_other] >= likeness.twice:
        found.append(("twice", place, closest_other, float(strangest[closest_other])))
    own[place] = False
    if own.any():
        same = np.where(own, scores, -np.inf)
        closest_own = int(same.argmax())
        if same[closest_own] < min(likeness.unlike, strangest[closest_other]):
            found.append(("unlike", place, closest_own, float(same[closest_own])))
    return found


def _read(session: Session, gallery: Gallery, space: Space) -> _Gallery | None:
    blocks = list(findable.rows(session, Scope(gallery.id), space.id))
    if not blocks:
        return None
    return _Gallery(
        np.concatenate([block.face_ids for block in blocks]),
        np.concatenate([block.owner_ids for block in blocks]),
        np.concatenate([block.vectors for block in blocks]),
    )


def _labels(session: Session, face_ids: Collection[int]) -> dict[tuple[int, int], tuple[str, str]]:
    """The person and the file name of each (reference, face): one picture can stand under two names."""
    labels: dict[tuple[int, int], tuple[str, str]] = {}
    for some in portions(face_ids):
        query = (
            select(ReferenceFace.reference_id, ReferenceFace.face_id, Person.name, ReferenceFace.name)
            .join(Reference, Reference.id == ReferenceFace.reference_id)
            .join(Person, Person.id == Reference.person_id)
            .where(ReferenceFace.face_id.in_(some))
        )
        for reference_id, face_id, person, name in session.execute(query):
            labels[reference_id, face_id] = (person or "", name)
    return labels
