"""The faces of a referral as subjects: what the machine groups, under the model's measured likeness."""

import numpy as np
from sqlalchemy.orm import Session

from engine.records import faces, subjects
from engine.records.actors import Actor
from engine.records.embeddings import vectors
from engine.records.schema import Face, Referral, Subject
from engine.search.space import Space
from engine.search.subjects import group
from jobs.likeness import likeness_of


def group_referral(session: Session, referral: Referral, space: Space, actor: Actor) -> list[Subject]:
    """Group the referral's faces into subjects and give those there are then; what people shaped stays.

    A face without a vector in the space, or of a model whose likeness was never measured, is a subject of its own.
    """
    found = faces.faces_of_referral(session, referral.id)
    known = vectors(session, space.id, [face.id for face in found])
    comparable = [face for face in found if face.id in known]
    groups = [[face.id] for face in found if face.id not in known]
    groups += [[comparable[place].id for place in one] for one in _grouped(comparable, known, space)]
    return subjects.regroup(session, referral, sorted(groups), actor=actor)


def _grouped(comparable: list[Face], known: dict[int, np.ndarray], space: Space) -> list[list[int]]:
    likeness = likeness_of(space)
    if likeness is None or not comparable:
        return [[place] for place in range(len(comparable))]
    return group(
        space,
        np.stack([known[face.id] for face in comparable]),
        _frames(comparable),
        np.array([face.eye_distance for face in comparable], np.float32),
        threshold=likeness.one_person,
        smallest=likeness.smallest,
    )


def _frames(comparable: list[Face]) -> np.ndarray:
    """One number per picture or video frame: two faces of one frame are two people."""
    numbers: dict[tuple[int, int | None], int] = {}
    return np.array([numbers.setdefault((face.media_id, face.time_ms), len(numbers)) for face in comparable], np.int64)
