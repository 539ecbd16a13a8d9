"""Comparing the pictures of labelled pairs, and who the people in them are as far as the labels say.

A picture without a usable face is never to the model's credit: with it a pair of one person counts as missed, and a
pair of two is left out of those that could raise a false alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.tables import LabelledPair
from engine.search.space import Space, Vectors, exact_scores

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparisons:
    """One entry for each row of the table, [N], in its order.

    scored: whether both pictures have a face; score: minus infinity where not. person_a, person_b: numbers of people:
    pictures that pairs of one person link, directly or through others, show one.
    """

    same: NDArray[np.bool_]
    scored: NDArray[np.bool_]
    score: Floats
    person_a: Ints
    person_b: Ints

    @property
    def different(self) -> NDArray[np.bool_]:
        """Which pairs of two people could be compared."""
        return ~self.same & self.scored

    @property
    def contradicting(self) -> NDArray[np.bool_]:
        """Which pairs are labelled as two people although other pairs make them one."""
        return np.asarray(~self.same & (self.person_a == self.person_b))


def compare_each(table: Sequence[LabelledPair], vectors: dict[str, Vectors], space: Space) -> Comparisons:
    """Score each row's two pictures; vectors: those of the files that have one."""
    people = _people(table)
    return Comparisons(
        same=np.array([pair.same for pair in table], np.bool_),
        scored=np.array([pair.a in vectors and pair.b in vectors for pair in table], np.bool_),
        score=np.array([_score(pair, vectors, space) for pair in table], np.float64),
        person_a=np.array([people[pair.a] for pair in table], np.int64),
        person_b=np.array([people[pair.b] for pair in table], np.int64),
    )


def _score(pair: LabelledPair, vectors: dict[str, Vectors], space: Space) -> float:
    if pair.a not in vectors or pair.b not in vectors:
        return -np.inf
    return float(exact_scores(space, vectors[pair.a][None], vectors[pair.b][None])[0, 0])


def _people(table: Sequence[LabelledPair]) -> dict[str, int]:
    """A number for the person in each file, by joining what pairs of one person link."""
    parent = {file: file for pair in table for file in (pair.a, pair.b)}

    def root(file: str) -> str:
        while parent[file] != file:
            parent[file] = file = parent[parent[file]]
        return file

    for pair in table:
        if pair.same:
            parent[root(pair.a)] = root(pair.b)
    numbers = {file: number for number, file in enumerate(dict.fromkeys(map(root, parent)))}
    return {file: numbers[root(file)] for file in parent}
