"""Whether rarity keeps its word: predicted against observed false candidates, in searches for people who are not there.

People are held out in turn. The others are the gallery on which rarity is counted, exactly as for a gallery at work;
each picture of those held out searches among them, and whoever it finds is a stranger. A rarity of r promises that r of
the strangers come out as rare as that: in a gallery of N people, N * r false candidates in each search.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.search.evaluation.bootstrap import Estimate, estimates
from engine.search.evaluation.enrolment import Enrolment
from engine.search.evaluation.tables import LabelledPicture
from engine.search.rarity import BIN_EDGES, Calibration, strangers
from engine.search.space import Space, similarity

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What is promised, in shares of strangers.
LEVELS = (1e-1, 3e-2, 1e-2, 3e-3, 1e-3)
#: Into so many parts people are divided, each held out once.
_FOLDS = 5
#: Pictures that search, and people that they search among; a larger table is thinned out evenly.
_MOST_SEARCHES, _MOST_PEOPLE = 2_000, 1_000
_SEED = 20_240_602
_ALL = "all"


@dataclass(frozen=True, slots=True)
class RarityPoint:
    """What a rarity promises and what was seen.

    predicted, observed: the share of strangers at least as rare as `rarity`. per_search, seen_per_search: the same as
    false candidates in each search. alarmed: the share of searches whose best candidate is that rare; at_most: what
    that could be if no two candidates of one search were ever that rare together.
    """

    rarity: float
    observed: Estimate
    per_search: float
    seen_per_search: float
    alarmed: Estimate
    at_most: float


@dataclass(frozen=True, slots=True)
class RarityBand:
    """The searches with probes of one quality, in pixels between the eyes; people: how many they are of."""

    label: str
    searches: int
    people: int
    points: tuple[RarityPoint, ...]


@dataclass(frozen=True, slots=True)
class RarityCheck:
    """All searches, then those of each quality. gallery: people searched among, on average. unknown: the share of
    candidates of which nothing was said, because too few strangers of that quality were known.
    """

    bands: tuple[RarityBand, ...]
    gallery: float
    unknown: float


def check_rarity(
    table: Sequence[LabelledPicture], enrolment: Enrolment, space: Space, *, minimum: int
) -> RarityCheck | None:
    """Hold people out in turn and compare; minimum: pairs of people below which nothing is said of rarity.

    None where there are too few people, or no quality is known.
    """
    rows = [row for row in table if row.file in enrolment.vectors and row.file in enrolment.qualities]
    _, person = np.unique([row.identity for row in rows], return_inverse=True)
    if not rows or person.max() + 1 < 2 * _FOLDS:
        return None
    kept = person < _MOST_PEOPLE
    vectors = np.stack([enrolment.vectors[row.file] for row in rows])[kept]
    eyes = np.array([enrolment.qualities[row.file].eye_distance for row in rows], np.float32)[kept]
    return _Held(space, vectors, person[kept].astype(np.int64), eyes, minimum).checked()


class _Held:
    """The faces of a table: vectors [N, D], whose [N], pixels between the eyes [N]."""

    def __init__(
        self, space: Space, vectors: NDArray[np.float32], person: Ints, eyes: NDArray[np.float32], minimum: int
    ) -> None:
        self.space, self.vectors, self.person, self.eyes, self.minimum = space, vectors, person, eyes, minimum

    def checked(self) -> RarityCheck | None:
        people = int(self.person.max()) + 1
        fold_of = np.random.default_rng(_SEED).permutation(people) % _FOLDS
        chosen = np.unique(np.linspace(0, len(self.person) - 1, min(len(self.person), _MOST_SEARCHES)).astype(int))
        parts = [
            self._searched(chosen[fold_of[self.person[chosen]] == fold], fold_of[self.person] != fold)
            for fold in range(_FOLDS)
        ]
        probes = np.concatenate([part[0] for part in parts])
        rare = np.concatenate([part[1] for part in parts])
        candidates = np.concatenate([part[2] for part in parts])
        met = np.concatenate([part[3] for part in parts])
        if not candidates.sum():
            return None
        quality = np.digitize(self.eyes[probes], BIN_EDGES)
        masks = [(_ALL, np.ones(len(probes), np.bool_))]
        masks += [(label, quality == number) for number, label in enumerate(_labels())]
        bands = tuple(
            _band(label, self.person[probes[mask]], rare[mask], candidates[mask])
            for label, mask in masks
            if candidates[mask].sum()
        )
        return RarityCheck(bands, float(met.mean()), 1 - float(candidates.sum() / met.sum()))

    def _searched(self, probes: Ints, gallery: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints, Ints]:
        """For each probe: how many candidates are as rare as each level [P, L], of how many [P], among how many [P]."""
        owners = self.person[gallery]
        order = np.argsort(owners, kind="stable")
        vectors, eyes = self.vectors[gallery][order], self.eyes[gallery][order]
        known = Calibration(strangers(self.space, vectors, owners[order], eyes), self.minimum)
        starts = np.unique(owners[order], return_index=True)[1]
        rare = np.zeros((len(probes), len(LEVELS)), np.int64)
        said = np.zeros(len(probes), np.int64)
        for place, probe in enumerate(probes.tolist()):
            scores = similarity(self.space, self.vectors[probe][None], vectors)[0]
            best = np.maximum.reduceat(scores, starts)
            is_best = scores == np.repeat(best, np.diff(np.append(starts, len(scores))))
            smaller = np.maximum.reduceat(np.where(is_best, np.minimum(self.eyes[probe], eyes), 0), starts)
            shares = known.shares(best, smaller)
            said[place] = np.isfinite(shares).sum()
            # Not a number is below nothing.
            rare[place] = (shares[:, None] <= np.array(LEVELS)).sum(axis=0)
        return probes, rare, said, np.full(len(probes), len(starts))


def _band(label: str, person: Ints, rare: Ints, candidates: Ints) -> RarityBand:
    """The figures of some searches: rare [S, L], candidates [S], and whose each is [S]."""
    _, who = np.unique(person, return_inverse=True)
    people = int(who.max()) + 1

    def figures(weights: Floats) -> Floats:
        of_search = weights[who]
        strangers_met = float((of_search * candidates).sum())
        searches = float(of_search.sum())
        if not strangers_met:
            return np.full(2 * len(LEVELS), np.nan)
        return np.concatenate([of_search @ rare / strangers_met, of_search @ (rare > 0) / searches])

    # A share of single candidates is no share of people: only the searches' own errors are widened by those not there.
    rest_on = np.repeat([0, people], len(LEVELS))
    found = estimates(figures, people, rest_on)
    met = float(candidates.mean())
    points = []
    for place, level in enumerate(LEVELS):
        observed, alarmed = found[place], found[place + len(LEVELS)]
        if observed is not None and alarmed is not None:
            points.append(
                RarityPoint(level, observed, met * level, met * observed.share, alarmed, min(1.0, met * level))
            )
    return RarityBand(label, len(person), people, tuple(points))


def _labels() -> list[str]:
    edges = [f"{edge:g}" for edge in BIN_EDGES]
    inner = [f"{low} to below {high}" for low, high in pairwise(edges)]
    return [f"below {edges[0]}", *inner, f"{edges[-1]} and more"]
