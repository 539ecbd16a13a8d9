"""What became of an index's rows since it was built: which are gone, and how many faces and owners there are now.

The number of all faces is counted in the records at every search. Everything else that a search of many faces needs is
known from the index, and from the few rows that came, went or expired since.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from engine.records.faces import findable
from engine.records.scopes import Scope
from engine.search.errors import IndexUnusable
from engine.search.space import Space

if TYPE_CHECKING:
    from engine.search.index import PublishedIndex

Places = NDArray[np.int64]


@dataclass(slots=True)
class Memory:
    """What was worked out for an open index, kept with it.

    removed: places of rows that the records had lost when so many of the index's time were left: rows of that time only
    ever go, so that their number says which. owners: who has rows in the index, in order, and how many each.
    """

    removed: tuple[int, Places] | None = None
    owners: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None


@dataclass(frozen=True, slots=True)
class Living:
    """What of an index still counts. gone: places of rows that were removed or have expired; rows: faces there are now,
    those newer than the index included."""

    gone: Places
    rows: int


def living(session: Session, index: "PublishedIndex", scope: Scope, space: Space) -> Living:
    """What of an index still counts; raises IndexUnusable where it lacks faces that it should have."""
    expired = findable.expired_rows(session, scope, space.id)
    older = findable.recorded(session, scope, space.id, upto=index.seen_row)
    newer = findable.recorded(session, scope, space.id, after=index.seen_row)
    ended = np.flatnonzero(np.isin(index.rows, expired)) if len(expired) else np.empty(0, np.int64)
    present = older - int(np.count_nonzero(expired <= index.seen_row))
    lacking = present - (len(index.rows) - len(ended))
    if lacking > 0:
        raise IndexUnusable(
            f"The index {index.snapshot} lacks {lacking:,} faces.", "Build the index again: triage index build"
        )
    removed = _removed(session, index, scope, space, older, ended) if lacking else np.empty(0, np.int64)
    return Living(np.sort(np.concatenate([ended, removed])), older + newer - len(expired))


def owners(session: Session, index: "PublishedIndex", scope: Scope, space: Space, gone: Places) -> int:
    """How many owners have a face that counts, in the index or newer."""
    if index.memory.owners is None:
        index.memory.owners = np.unique(index.owners, return_counts=True)
    known, faces = index.memory.owners
    losers, lost = np.unique(index.owners[gone], return_counts=True)
    without = losers[faces[np.searchsorted(known, losers)] == lost]
    newcomers = findable.owners_after(session, scope, space.id, index.seen_row)
    counted = np.isin(newcomers, known) & ~np.isin(newcomers, without)
    return len(known) - len(without) + int(np.count_nonzero(~counted))


def _removed(
    session: Session, index: "PublishedIndex", scope: Scope, space: Space, older: int, ended: Places
) -> Places:
    if index.memory.removed is None or index.memory.removed[0] != older:
        asked = np.delete(np.arange(len(index.rows)), ended)
        missing = findable.gone(session, scope, space.id, index.rows[asked])
        index.memory.removed = (older, asked[missing])
    return index.memory.removed[1]
