"""Searching with each labelled picture among all the others, people ranked by their best picture.

Ties go against the model. A picture without a usable face is never to its credit: where it should have been found, or
should have found somebody, it counts as a miss; it is left out where it could only have raised a false alarm.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.tables import LabelledPicture
from engine.search.space import Space, Vectors, similarity

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The rank of a mate that no list can hold, because one of the two pictures could not be enrolled.
NEVER = np.iinfo(np.int64).max
#: Stands for no picture.
NOBODY = -1
#: Probes whose scores against all pictures are in memory at once.
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Searches:
    """One entry for each row of the table, [N], in its order.

    person: a number for each identity. mated: whether the table holds another picture of the person. rank: where the
    person stands, by whichever of the other pictures is most alike (`mate`, a row), or NEVER; mate_score: its score, or
    minus infinity. stranger, stranger_score: the same of the picture of anybody else that is most alike, or NOBODY.
    """

    person: Ints
    mated: NDArray[np.bool_]
    rank: Ints
    mate: Ints
    mate_score: Floats
    stranger: Ints
    stranger_score: Floats

    @property
    def non_mated(self) -> NDArray[np.bool_]:
        """Which pictures also searched among all other people alone."""
        return np.isfinite(self.stranger_score)


def search_each(table: Sequence[LabelledPicture], vectors: dict[str, Vectors], space: Space) -> Searches:
    """Search with each row's picture among all other rows'; vectors: those of the files that have one."""
    sizes = Counter(picture.identity for picture in table)
    count = len(table)
    _, person = np.unique([picture.identity for picture in table], return_inverse=True)
    found = Searches(
        person=person.astype(np.int64),
        mated=np.array([sizes[picture.identity] > 1 for picture in table], np.bool_),
        rank=np.full(count, NEVER, np.int64),
        mate=np.full(count, NOBODY, np.int64),
        mate_score=np.full(count, -np.inf),
        stranger=np.full(count, NOBODY, np.int64),
        stranger_score=np.full(count, -np.inf),
    )
    rows = np.array([row for row, picture in enumerate(table) if picture.file in vectors], np.int64)
    # The pictures of a person stand side by side, so that the best of each is one reduction.
    rows = rows[np.argsort(found.person[rows], kind="stable")]
    if len(rows):
        matrix = np.stack([vectors[table[row].file] for row in rows])
        for first in range(0, len(rows), _AT_ONCE):
            scores = similarity(space, matrix[first : first + _AT_ONCE], matrix).astype(np.float64)
            _fill(found, scores, rows, first)
    return found


def _fill(found: Searches, scores: Floats, rows: Ints, first: int) -> None:
    """Enter the searches of a block of probes: rows[first:], against all rows, scores [P, N]."""
    block = np.arange(len(scores))
    probes = rows[first : first + len(scores)]
    people, starts, columns = np.unique(found.person[rows], return_index=True, return_inverse=True)
    scores[block, first + block] = -np.inf  # A picture does not find itself.
    own = people[columns[first + block], None] == found.person[rows]
    mates = np.where(own, scores, -np.inf)
    strangers = np.where(own, -np.inf, scores)
    mate, stranger = mates.argmax(axis=1), strangers.argmax(axis=1)
    found.mate_score[probes] = mates[block, mate]
    found.stranger_score[probes] = strangers[block, stranger]
    best_of_each = np.maximum.reduceat(strangers, starts, axis=1)
    ahead = (best_of_each >= mates[block, mate][:, None]).sum(axis=1)
    has_mate, has_stranger = np.isfinite(mates[block, mate]), np.isfinite(strangers[block, stranger])
    found.rank[probes] = np.where(has_mate, ahead + 1, NEVER)
    found.mate[probes] = np.where(has_mate, rows[mate], NOBODY)
    found.stranger[probes] = np.where(has_stranger, rows[stranger], NOBODY)
