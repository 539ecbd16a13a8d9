"""How rare a score is among strangers: counted on a gallery's own people, each in turn searched for among the others.

A gallery knows who is who, so that its people are strangers to one another. One face searches as a probe does, and
meets a person's best face as a candidate does; the quality of such a pair is the smaller distance between the eyes of
the two faces, since small faces look alike. `triage evaluate identify` checks the estimate on people it was not
counted on: pairs of two people's best faces, many against many, had it wrong by two to five times.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.search.intervals import none_in, wilson
from engine.search.space import Space, Vectors, similarity

#: Pixels between the eyes that part the bins: below 24, 24 to 48, 48 and more.
BIN_EDGES = (24.0, 48.0)
#: People compared with each other; a larger gallery is sampled, 1,000 people make 999,000 pairs.
MOST_PEOPLE = 1_000
#: Faces of a person that are searched with, as long as that makes no more than so many pairs.
MOST_FACES, MOST_PAIRS = 4, 1_000_000
#: Among so many of the highest scores it is seen how dependent pairs are where none scores as high.
_TOP = 20
#: From this share on percent read better than odds.
_COMMON = 0.1
#: Faces whose scores against all others are in memory at once.
_AT_ONCE = 64

STRANGERS = np.dtype([("score", "<f4"), ("eyes", "<f4"), ("first", "<i4"), ("second", "<i4")])


@dataclass(frozen=True, slots=True)
class Rarity:
    """The share of strangers that score at least as high, with its 95 % interval; None where it is not known.

    basis: how many pairs of people it was counted on.
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
    """Some faces of each owner with the best face of every other owner, as STRANGERS [M], the highest score first.

    vectors: float32 [N, D]. owners: int64 [N], whose face it is. eyes: float32 [N], pixels between the eyes.
    `first` is the place, among the owners in their order, of the one searched with, `second` of the one met.
    """
    order = np.argsort(owners, kind="stable")
    vectors, eyes = vectors[order], eyes[order]
    people, starts, owner = np.unique(owners[order], return_index=True, return_inverse=True)
    probes = _probes(starts, len(order))
    found = [np.empty(0, STRANGERS)]
    for first in range(0, len(probes), _AT_ONCE):
        some = probes[first : first + _AT_ONCE]
        found += _pairs(similarity(space, vectors[some], vectors), eyes, starts, some, owner[some])
    pairs = np.concatenate(found) if len(people) > 1 else found[0]
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

    def rarity(self, score: float, eyes: float, faces: int = 1) -> Rarity:
        """How many strangers score at least `score` where the smaller face has `eyes` pixels between the eyes.

        faces: of how many of the probe's faces the score is the best; so many faces of one person act as their square
        root would if they were strangers to each other (measured on 62 adults with two models, 2 to 10 pictures each:
        the estimate held within 10 % down to a rarity of 1 in 100).

        Counted among pairs of the same bin. Where those are too few, among all pairs of that bin and the poorer ones,
        and never among sharper ones: sharp strangers score lower, which would make a blurred likeness look rare.
        """
        return self.rarities(np.array([score]), np.array([eyes]), np.array([faces]))[0]

    def rarities(self, scores: NDArray[Any], eyes: NDArray[Any], faces: NDArray[Any]) -> list[Rarity]:
        """As `rarity` for each of many, which costs little more than for one; all [n]."""
        found = [Rarity(None, None, None, 0)] * len(scores)
        bins = np.digitize(eyes, BIN_EDGES)
        for own in np.unique(bins).tolist():
            like = self._like(own)
            places = np.flatnonzero(bins == own)
            known = like.rated(scores[places]) if like.basis >= self._minimum else [None] * len(places)
            for place, bounds in zip(places.tolist(), known, strict=True):
                share, low, high = (None,) * 3 if bounds is None else (_best_of(int(faces[place]), x) for x in bounds)
                found[place] = Rarity(share, low, high, like.basis)
        return found

    def shares(self, scores: NDArray[np.float32], eyes: NDArray[np.float32]) -> NDArray[np.float64]:
        """The share of strangers for each of many pairs, [n] of [n]; not a number where nothing is said."""
        found = np.full(len(scores), np.nan)
        bins = np.digitize(eyes, BIN_EDGES)
        for own in np.unique(bins).tolist():
            like = self._like(own)
            if like.basis >= self._minimum:
                found[bins == own] = like.shares(scores[bins == own])
        return found

    def _like(self, own: int) -> "_Strangers":
        """The strangers to compare a pair of this bin with."""
        if own not in self._comparable:
            chosen = self._bins == own
            if _pairs_of_people(self._pairs[chosen]) < self._minimum:
                chosen = self._bins <= own
            self._comparable[own] = _Strangers(self._pairs[chosen])
        return self._comparable[own]


class _Strangers:
    """Pairs of strangers of comparable quality, the highest score first."""

    def __init__(self, pairs: NDArray[np.void]) -> None:
        self.basis = _pairs_of_people(pairs)
        self._count = len(pairs)
        self._falling = np.ascontiguousarray(-pairs["score"])
        self._people = np.stack([pairs["first"], pairs["second"]])
        self._most = int(self._people.max(initial=-1)) + 1
        self._pairs_each = self._each(0, self._count)

    def rated(self, scores: NDArray[Any]) -> list[tuple[float, float, float]]:
        """The share that scores at least as much as each [n], with the bounds of its interval."""
        counts = np.searchsorted(self._falling, -scores.astype(np.float32), side="right").tolist()
        few = min(_TOP, self._count)
        worth = self._independent({count or few for count in counts})
        found = []
        for count in counts:
            share = count / self._count
            bounds = wilson(share, worth[count]) if count else (0.0, none_in(worth[few]))
            found.append((share, *bounds))
        return found

    def shares(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """The shares that score at least as much as each [n]."""
        return np.searchsorted(self._falling, -scores.astype(np.float32), side="right") / self._count

    def _independent(self, counts: Collection[int]) -> dict[int, float]:
        """How many independent pairs these are worth where the first so many of them are what is counted.

        Never more than there are pairs of people. Pairs that share a person go up and down together: one face that
        resembles everybody makes many high scores. The variance of a share over pairs is therefore summed over pairs
        that have a person in common (Fafchamps and Gubert 2007, Journal of Development Economics 83, equation 2.5),
        and set against that of independent pairs.
        """
        found, each, before = {}, np.zeros_like(self._pairs_each), 0
        for count in sorted(counts):
            each, before = each + self._each(before, count), count
            share = count / self._count
            if share == 1:
                found[count] = float(len(self._pairs_each))
                continue
            surplus = each - share * self._pairs_each
            inflation = float((surplus**2).sum()) / (share * (1 - share) * self._count) - 1
            found[count] = max(1.0, min(self.basis, self._count / max(1.0, inflation)))
        return found

    def _each(self, first: int, last: int) -> NDArray[np.float64]:
        """In how many of the pairs from `first` to before `last` each person is."""
        return np.bincount(self._people[:, first:last].ravel(), minlength=self._most).astype(np.float64)


def _pairs_of_people(pairs: NDArray[np.void]) -> int:
    """How many different pairs of people there are among the pairs."""
    people = np.sort(np.stack([pairs["first"], pairs["second"]]).astype(np.int64), axis=0)
    return len(np.unique((people[0] << 32) + people[1]))


def _best_of(faces: int, share: float) -> float:
    """The share of strangers whose best score over so many faces of one person is as high."""
    return share if faces == 1 else 1 - (1 - share) ** math.sqrt(faces)


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


def _probes(starts: NDArray[np.intp], faces: int) -> NDArray[np.intp]:
    """The faces to search with: of each person, whose faces begin at `starts`, a few spread over all there are."""
    each = min(MOST_FACES, max(1, MOST_PAIRS // max(1, len(starts) * (len(starts) - 1))))
    sizes = np.diff(np.append(starts, faces))
    places = [
        start + np.unique(np.linspace(0, size - 1, each).astype(np.intp))
        for start, size in zip(starts, sizes, strict=True)
    ]
    return np.concatenate(places) if places else np.empty(0, np.intp)


def _pairs(
    scores: NDArray[np.float32],
    eyes: NDArray[np.float32],
    starts: NDArray[np.intp],
    probes: NDArray[np.intp],
    owners: NDArray[np.intp],
) -> list[NDArray[np.void]]:
    """The pairs of each probe, one of the owners' faces, with each other person's best face; scores [probes, faces]."""
    best = np.maximum.reduceat(scores, starts, axis=1)
    sizes = np.diff(np.append(starts, scores.shape[1]))
    is_best = scores == np.repeat(best, sizes, axis=1)
    smaller = np.where(is_best, np.minimum(eyes[probes][:, None], eyes), 0)
    eyes_of_best = np.maximum.reduceat(smaller, starts, axis=1)
    found = []
    for place, owner in enumerate(owners):
        others = np.flatnonzero(np.arange(len(starts)) != owner)
        pairs = np.empty(len(others), STRANGERS)
        pairs["score"], pairs["eyes"] = best[place, others], eyes_of_best[place, others]
        pairs["first"], pairs["second"] = owner, others
        found.append(pairs)
    return found
