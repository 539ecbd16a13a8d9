"""Probes: the faces a search is about, with what examiners have already held about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.faces.embeddings import vectors
from engine.records.portions import portions
from engine.records.review import exclusions
from engine.records.review.exclusions import Exclusions
from engine.records.schema import Face, Media
from engine.search.space import Space, Vectors, checked

_NOTHING_EXCLUDED = Exclusions(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Quality:
    """What a score's worth depends on: pixels between the eyes, sharpness, degrees turned to a side, and age.

    captured_at: when the picture was made; None where that is not known.
    """

    eyes: float
    sharpness: float
    yaw: float
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """The faces of one person to search with: vectors float32 [P, D] of one space, the quality of each.

    faces: their ids in the records; none of a picture that is only looked up.
    """

    space_id: str
    vectors: Vectors
    qualities: tuple[Quality, ...]
    faces: tuple[int, ...] | None = None
    excluded: Exclusions = _NOTHING_EXCLUDED


def probe_of_faces(session: Session, space: Space, face_ids: Collection[int]) -> Probe | None:
    """The probe of recorded faces of one person; None where none of them has a vector in the space."""
    return probes_of_faces(session, space, [face_ids])[0]


def probes_of_faces(session: Session, space: Space, people: Sequence[Collection[int]]) -> list[Probe | None]:
    """As `probe_of_faces` for each of some people."""
    every = [face for faces in people for face in faces]
    known, quality = vectors(session, space.id, every), qualities(session, every)
    excluded = exclusions.of_probe(session, every)
    found: list[Probe | None] = []
    for those in people:
        faces = tuple(sorted(face for face in those if face in known))
        if not faces:
            found.append(None)
            continue
        # Nearly always nobody was excluded; where somebody was, it is asked of each for whom.
        own = exclusions.of_probe(session, faces) if excluded.pairs and len(people) > 1 else excluded
        chosen = checked(space, np.stack([known[face] for face in faces]), "The probe")
        found.append(Probe(space.id, chosen, tuple(quality[face] for face in faces), faces, own))
    return found


def probe_of_picture(space: Space, vector: ArrayLike, quality: Quality) -> Probe:
    """The probe of one face, float32 [D], that the records do not hold; raises SpaceMismatch and BadVector."""
    return Probe(space.id, checked(space, np.atleast_2d(vector), "The probe"), (quality,))


def qualities(session: Session, face_ids: Collection[int]) -> dict[int, Quality]:
    """The quality of recorded faces."""
    found: dict[int, Quality] = {}
    for portion in portions(face_ids):
        measured = (Face.eye_distance, Face.sharpness, Face.yaw, Media.captured_at)
        query = select(Face.id, *measured).join(Media, Media.id == Face.media_id)
        rows = session.execute(query.where(Face.id.in_(portion)))
        found.update(
            (face, Quality(eyes, sharpness, yaw, captured_at)) for face, eyes, sharpness, yaw, captured_at in rows
        )
    return found
