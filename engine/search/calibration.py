"""Where a gallery's strangers come from: its index, or for a small gallery without one, its faces in the records."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.faces import findable
from engine.records.schema import IndexRow
from engine.records.scopes import MATERIAL, Scope
from engine.search.probes import qualities
from engine.search.rarity import STRANGERS, Calibration, sample, strangers
from engine.search.space import Space, Vectors

#: Faces of a gallery that are compared with each other for a search; for a larger one its index did that before.
_FEW = 5_000


class Calibrations:
    """The calibration of every gallery searched, worked out once until the gallery changes."""

    def __init__(self, minimum: int) -> None:
        """minimum: pairs of different people below which nothing is said of rarity."""
        self._minimum = minimum
        self._known: dict[tuple[Scope, str], tuple[object, Calibration]] = {}

    def of(
        self, session: Session, scope: Scope, space: Space, snapshot: str | None, indexed: NDArray[np.void] | None
    ) -> Calibration:
        """The calibration of a scope; of the material an empty one, since nobody knows who is who in it.

        indexed: the strangers that the index `snapshot` holds, or None where there is no index.
        """
        state = snapshot or _state(session, scope, space)
        known = self._known.get((scope, space.id))
        if known is None or known[0] != state:
            pairs = _from_records(session, scope, space) if indexed is None else indexed
            known = self._known[scope, space.id] = (state, Calibration(pairs, self._minimum))
        return known[1]


def strangers_among(
    session: Session, space: Space, owners: NDArray[np.int64], faces: NDArray[np.int64], vectors: Vectors
) -> NDArray[np.void]:
    """The pairs of different people, as STRANGERS [M], among a gallery's faces: int64 [N] twice and float32 [N, D]."""
    chosen = sample(owners)
    known = qualities(session, faces[chosen].tolist())
    eyes = np.array([known[face].eyes for face in faces[chosen].tolist()], np.float32)
    return strangers(space, vectors[chosen], owners[chosen], eyes)


def _state(session: Session, scope: Scope, space: Space) -> tuple[int, int]:
    """How many faces a scope has and the newest row: one of them differs after every change."""
    newest = select(func.max(IndexRow.id)).where(IndexRow.space_id == space.id, IndexRow.gallery_id == scope.gallery_id)
    return findable.count(session, scope, space.id), session.scalar(newest) or 0


def _from_records(session: Session, scope: Scope, space: Space) -> NDArray[np.void]:
    count = findable.count(session, scope, space.id)
    if scope == MATERIAL or not 0 < count <= _FEW:
        return np.empty(0, STRANGERS)
    blocks = list(findable.rows(session, scope, space.id))
    return strangers_among(
        session,
        space,
        np.concatenate([block.owner_ids for block in blocks]),
        np.concatenate([block.face_ids for block in blocks]),
        np.concatenate([block.vectors for block in blocks]),
    )
