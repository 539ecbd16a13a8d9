"""Scored pairs of a probe's face and a findable face, and the best of them for each owner."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.records.faces.findable import RowBlock
from engine.search.probes import Probe
from engine.search.space import Scores, Space, exact_scores

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Scored pairs, column by column: int64 [n], probes as positions in the probe, scores float64 [n]."""

    rows: Ids
    faces: Ids
    owners: Ids
    probes: Ids
    scores: Scores


def no_pairs() -> Pairs:
    """Not one pair."""
    nothing = np.empty(0, np.int64)
    return Pairs(nothing, nothing, nothing, nothing, np.empty(0))


def pair_up(space: Space, probe: Probe, block: RowBlock) -> Pairs:
    """Each row with the probe's face it is most like; an excluded pair does not count, nor a row without another."""
    if not len(block.ids):
        return no_pairs()
    scores = exact_scores(space, probe.vectors, block.vectors)
    for place, face in enumerate(probe.faces or ()):
        others = [other for one, other in probe.excluded.pairs if one == face]
        scores[place, np.isin(block.face_ids, others)] = -np.inf
    best = scores.argmax(axis=0)
    score = scores[best, np.arange(len(best))]
    kept = np.isfinite(score)
    return Pairs(block.ids[kept], block.face_ids[kept], block.owner_ids[kept], best[kept], score[kept])


def best_owners(parts: Collection[Pairs], top: int) -> Pairs:
    """The best pair of each of the `top` best owners, the best first; of equal scores the earlier row goes first."""
    rows, faces, owners, probes = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "faces", "owners", "probes")
    )
    scores = np.concatenate([part.scores for part in parts])
    order = np.lexsort((rows, -scores))
    firsts = np.sort(np.unique(owners[order], return_index=True)[1])[:top]
    chosen = order[firsts]
    return Pairs(rows[chosen], faces[chosen], owners[chosen], probes[chosen], scores[chosen])
