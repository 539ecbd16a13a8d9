"""How rare a score is among strangers: counted on a gallery's own pairs of different people.

A gallery knows who is who, so all its pairs of different people are strangers to one another. A pair's score is that
of their best two faces, as a candidate's is; its quality is the smaller distance between the eyes of those two faces,
since small faces look alike.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.search.intervals import none_in, wilson
from engine.search.space import Space, Vectors, similarity

#: Pixels between the eyes that part the bins: below 24, 24 to 48, 48 and more.
BIN_EDGES = (24.0, 48.0)
#: People compared with each other; a larger gallery is sampled, 1,400 people make 979,300 pairs.
MOST_PEOPLE = 1_400
#: From this share on percent read better than odds.
_COMMON = 0.1
#: People whose scores against all others are in memory at once.
_AT_ONCE = 64

STRANGERS = np.dtype([("score", "<f4"), ("eyes", "<f4"), ("first", "<i4"), ("second", "<i4")])


@dataclass(frozen=True, slots=True)
class Rarity:
    """The share of strangers that score at least as high, with its 95 % interval; None where it is not known.

    basis: how many pairs of strangers it was counted on.
    """

    share: float | None
    low: float | None
    high: float | None
    basis: int


def sample(owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions of all faces of at most MOST_PEOPLE owners, int64 [n]; the same owners give the same ones."""
    people = np.unique(owners)
    if len(people) > MOST_PEOPLE:
        people = np.random.default_rng(0).choice(people, MOST_PEOPLE, replace=False)
    return np.flatnonzero(np.isin(owners, people))


def strangers(space: Space, vectors: Vectors, owners: NDArray[np.int64], eyes: NDArray[np.float32]) -> NDArray[np.void]:
    """Every pair of different people among the owners as STRANGERS [M], the highest score first.

    vectors: float32 [N, D]. owners: int64 [N], whose face it is. eyes: float32 [N], pixels between the eyes.
    """
    order = np.argsort(owners, kind="stable")
    vectors, eyes = vectors[order], eyes[order]
    bounds = np.append(np.unique(owners[order], return_index=True)[1], len(order))
    people = len(bounds) - 1
    found = [np.empty(0, STRANGERS)]
    for first in range(0, people - 1, _AT_ONCE):
        last = min(first + _AT_ONCE, people - 1)
        scores = similarity(space, vectors[bounds[first] : bounds[last]], vectors[bounds[first] :])
        found += [
            _pairs_of(person, scores, eyes[bounds[first] :], bounds - bounds[first]) for person in range(first, last)
        ]
    pairs = np.concatenate(found)
    ordered: NDArray[np.void] = pairs[np.argsort(-pairs["score"], kind="stable")]
    return ordered


class Calibration:
    """The strangers of one gallery in one space, ready to be asked about scores."""

    def __init__(self, pairs: NDArray[np.void], minimum: int) -> None:
        """pairs: STRANGERS [M], the highest score first. minimum: pairs of people below which nothing is said."""
        self._pairs = pairs
        self._bins = np.digitize(pairs["eyes"], BIN_EDGES)
        self._minimum = minimum
        self._comparable: dict[int, _Strangers] = {}

    def rarity(self, score: float, eyes: float) -> Rarity:
        """How many strangers score at least `score` where the smaller face has `eyes` pixels between the eyes.

        Counted among pairs of the same bin. Where those are too few, among all pairs of that bin and the poorer ones,
        and never among sharper ones: sharp strangers score lower, which would make a blurred likeness look rare.
        """
        found = self._like(int(np.digitize(eyes, BIN_EDGES)))
        if found.basis < self._minimum:
            return Rarity(None, None, None, found.basis)
        count = found.scoring(score)
        share = count / found.basis
        if count == 0:
            return Rarity(0.0, 0.0, none_in(found.basis), found.basis)
        low, high = wilson(share, found.independent(count))
        return Rarity(share, low, high, found.basis)

    def _like(self, own: int) -> "_Strangers":
        """The strangers to compare a pair of this bin with."""
        if own not in self._comparable:
            chosen = self._bins == own
            if int(chosen.sum()) < self._minimum:
                chosen = self._bins <= own
            self._comparable[own] = _Strangers(self._pairs[chosen])
        return self._comparable[own]


class _Strangers:
    """Pairs of strangers of comparable quality, the highest score first."""

    def __init__(self, pairs: NDArray[np.void]) -> None:
        self.basis = len(pairs)
        self._falling = np.ascontiguousarray(-pairs["score"])
        self._people = np.stack([pairs["first"], pairs["second"]])
        self._pairs_each = self._each(self.basis)

    def scoring(self, score: float) -> int:
        """How many score at least this."""
        return int(np.searchsorted(self._falling, -np.float32(score), side="right"))

    def independent(self, count: int) -> float:
        """How many independent pairs these are worth where the first `count` of them are what is counted.

        Pairs that share a person go up and down together: one face that resembles everybody makes many high scores. The
        variance of a share over pairs is therefore summed over pairs that have a person in common (Fafchamps and Gubert
        2007, Journal of Development Economics 83, equation 2.5), and set against that of independent pairs.
        """
        share = count / self.basis
        if share == 1:
            return float(len(self._pairs_each))
        surplus = self._each(count) - share * self._pairs_each
        inflation = float((surplus**2).sum()) / (share * (1 - share) * self.basis) - 1
        return max(1.0, self.basis / max(1.0, inflation))

    def _each(self, count: int) -> NDArray[np.float64]:
        """In how many of the first `count` pairs each person is."""
        people = int(self._people.max(initial=-1)) + 1
        return np.bincount(self._people[:, :count].ravel(), minlength=people).astype(np.float64)


def words(rarity: Rarity) -> str:
    """A rarity in plain English."""
    if rarity.share is None or rarity.low is None or rarity.high is None:
        few = f"only {rarity.basis:,} pairs of strangers" if rarity.basis else "no strangers"
        return f"not known: {few} to go by"
    if rarity.share == 0:
        return f"fewer than {_odds(rarity.high)} strangers: none of {rarity.basis:,} pairs scored as high"
    of = " of" if rarity.share >= _COMMON else ""
    return f"about {_odds(rarity.share)}{of} strangers score as high ({_odds(rarity.high)} to {_odds(rarity.low)})"


def _odds(share: float) -> str:
    """A share as people say it, to two digits: "37 %" or "1 in 2,300"."""
    if share >= _COMMON:
        return f"{share:.0%}".replace("%", " %")
    number = 1 / share
    return f"1 in {round(number, 1 - math.floor(math.log10(number))):,.0f}"


def _pairs_of(
    person: int, scores: NDArray[np.float32], eyes: NDArray[np.float32], bounds: NDArray[np.int64]
) -> NDArray[np.void]:
    """The pairs of one person with each one after it; person i's faces are those from bounds[i] to bounds[i + 1]."""
    own, end = slice(bounds[person], bounds[person + 1]), bounds[person + 1]
    best = scores[own, end:].argmax(axis=0)
    score = scores[own, end:][best, np.arange(len(best))]
    smaller = np.minimum(eyes[own][best], eyes[end:])
    starts = bounds[person + 1 : -1] - end
    pairs = np.empty(len(starts), STRANGERS)
    pairs["score"] = np.maximum.reduceat(score, starts)
    is_best = score == np.repeat(pairs["score"], np.diff(np.append(starts, len(score))))
    pairs["eyes"] = np.maximum.reduceat(np.where(is_best, smaller, 0), starts)
    pairs["first"] = person
    pairs["second"] = np.arange(person + 1, person + 1 + len(starts))
    return pairs
