"""Vectors spread as the product's own, for measuring search: made up, of nobody, and the same in every run.

The figures of `PRODUCT` are those of the default model on 526 pictures of 62 adults: lengths of the common mean and of
what people and pictures deviate from it. `HARD` is for networks that separate people less: cosines of about 0.52 within
a person and 0.05 between people, a spectrum that falls slowly, and pictures of every quality.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.space import Vectors

#: Vectors made at once.
_BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class Spread:
    """How vectors lie: a common mean, groups around it, people in the groups, and pictures of each person.

    Lengths: of the common mean, and of the deviations of groups, people and pictures from what they belong to. decay:
    the deviation along the k-th axis is in proportion to k**-decay. unit: whether vectors are made of length 1.
    """

    mean: float
    groups: float
    people: float
    pictures: float
    decay: float
    unit: bool
    pictures_each: int = 3
    number_of_groups: int = 24


PRODUCT = Spread(mean=1.31, groups=0.15, people=0.49, pictures=0.25, decay=0.5, unit=False)
HARD = Spread(mean=0.2, groups=0.12, people=0.68, pictures=0.69, decay=0.35, unit=True)


class Crowd:
    """Vectors of made-up people; the pictures of one follow each other."""

    def __init__(self, spread: Spread, dimension: int, seed: int = 1) -> None:
        self._spread, self._dimension, self._seed = spread, dimension, seed
        random = np.random.default_rng(seed)
        axes = np.arange(1, dimension + 1) ** -spread.decay
        self._axes = (axes / np.linalg.norm(axes)).astype(np.float32)
        mean = self._deviations(random, 1, 1.0)
        self._mean = mean * np.float32(spread.mean / np.linalg.norm(mean))
        self._groups = self._deviations(random, spread.number_of_groups, spread.groups)

    def vectors(self, number: int) -> Iterator[Vectors]:
        """float32 [n, D] in blocks, `number` in all."""
        for start in range(0, number, _BLOCK):
            yield self._block(start)[: number - start]

    def probes(self, number: int, of: int) -> Vectors:
        """Other pictures, float32 [number, D], of people of the first `of` vectors; every second one of nobody."""
        random = np.random.default_rng([self._seed, 2])
        blocks = [self._people(block * _BLOCK) for block in range(min(8, -(-of // _BLOCK)))]
        known = np.concatenate([people[: max(1, of // self._spread.pictures_each)] for people in blocks])
        people = known[random.choice(len(known), number)]
        people[1::2] = self._new_people(random, len(people[1::2]))
        return self._pictures(random, people)

    def _block(self, start: int) -> Vectors:
        people = np.repeat(self._people(start), self._spread.pictures_each, axis=0)[:_BLOCK]
        return self._pictures(np.random.default_rng([self._seed, 1, start]), people)

    def _people(self, start: int) -> Vectors:
        return self._new_people(np.random.default_rng([self._seed, 0, start]), -(-_BLOCK // self._spread.pictures_each))

    def _new_people(self, random: np.random.Generator, number: int) -> Vectors:
        groups = self._groups[random.integers(len(self._groups), size=number)]
        return self._mean + groups + self._deviations(random, number, self._spread.people)

    def _pictures(self, random: np.random.Generator, people: Vectors) -> Vectors:
        # Some pictures are worse than others: their deviations are from half to one and a half times the usual.
        worse = random.uniform(0.5, 1.5, (len(people), 1)).astype(np.float32)
        vectors = people + worse * self._deviations(random, len(people), self._spread.pictures)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True) if self._spread.unit else vectors

    def _deviations(self, random: np.random.Generator, number: int, length: float) -> NDArray[np.float32]:
        drawn = random.standard_normal((number, self._dimension), dtype=np.float32)
        return drawn * self._axes * np.float32(length)
