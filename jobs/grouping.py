"""The faces of a referral as subjects: what the machine groups, under the model's measured likeness."""

import numpy as np
from sqlalchemy.orm import Session

from engine.records.faces import faces
from engine.records.faces.embeddings import vectors
from engine.records.faces.watching import tracks_of_faces
from engine.records.schema import Face, Track
from engine.search.space import Space
from engine.search.subjects import Seen, group, telling
from jobs.likeness import Likeness


def groups_of_referral(session: Session, referral_id: int, space: Space, likeness: Likeness | None) -> list[list[int]]:
    """The faces of a referral, by their ids, as a machine groups them; nothing is written.

    likeness: of the space's model. A face without a vector in the space, or of a model whose likeness was never
    measured, is a group of its own, unless it was followed in a video together with others.
    """
    found = faces.faces_of_referral(session, referral_id)
    known = vectors(session, space.id, [face.id for face in found])
    comparable = [face for face in found if face.id in known]
    seen = _seen(comparable, tracks_of_faces(session, known))
    groups = [[face.id] for face in found if face.id not in known]
    groups += [[comparable[place].id for place in one] for one in _grouped(comparable, known, seen, space, likeness)]
    return sorted(groups)


def _grouped(
    comparable: list[Face], known: dict[int, np.ndarray], seen: Seen, space: Space, likeness: Likeness | None
) -> list[list[int]]:
    if not comparable:
        return []
    return group(
        space,
        np.stack([known[face.id] for face in comparable]),
        seen,
        telling(
            np.array([face.eye_distance for face in comparable], np.float32),
            np.array([face.sharpness for face in comparable], np.float32),
            smallest=0.0 if likeness is None else likeness.smallest,
        ),
        threshold=np.inf if likeness is None else likeness.one_person,
    )


def _seen(comparable: list[Face], tracks: dict[int, Track]) -> Seen:
    """Where each face was seen; one that was not followed stands for a track of its own, at its own moment."""
    files, numbers, first, last = [], [], [], []
    for face in comparable:
        track = tracks.get(face.id)
        files.append(face.media_id)
        # Tracks count up from 1 and faces too: negative numbers keep the two apart.
        numbers.append(-face.id if track is None else track.id)
        first.append((face.time_ms or 0) if track is None else track.first_ms)
        last.append((face.time_ms or 0) if track is None else track.last_ms)
    return Seen(*(np.array(column, np.int64) for column in (files, numbers, first, last)))
