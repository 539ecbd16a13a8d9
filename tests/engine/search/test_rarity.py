"""Rarity: counted on pairs of different people, honest about how few or how dependent they are."""

import itertools
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search import rarity
from engine.search.intervals import wilson
from engine.search.rarity import STRANGERS, Calibration, Rarity, strangers, words
from engine.search.space import similarity
from tests.engine.search.arrays import EUCLIDEAN, vectors


def pairs(rows: Iterable[tuple[float, float, int, int]]) -> np.ndarray:
    found = np.array(list(rows), STRANGERS)
    return found[np.argsort(-found["score"], kind="stable")]


def independent(count: int, above: int, eyes: float = 60.0) -> np.ndarray:
    """Pairs of which no two share a person; `above` of them score 0.9 and the others 0.1."""
    return pairs((0.9 if place < above else 0.1, eyes, 2 * place, 2 * place + 1) for place in range(count))


@given(vectors(least=2, most=20), st.data())
def test_each_person_searches_and_meets_the_best_face_of_everybody_else(rows: np.ndarray, draw: st.DataObject) -> None:
    owners = np.array(draw.draw(st.lists(st.integers(5, 10), min_size=len(rows), max_size=len(rows))), np.int64)
    eyes = np.array(draw.draw(st.lists(st.sampled_from([10.0, 30.0, 60.0]), min_size=len(rows), max_size=len(rows))))
    found = strangers(EUCLIDEAN, rows, owners, eyes.astype(np.float32))
    people = np.unique(owners)
    scores = similarity(EUCLIDEAN, rows, rows)
    assert (np.diff(found["score"]) <= 0).all()
    assert set(zip(found["first"].tolist(), found["second"].tolist(), strict=True)) == {
        (first, second) for first in range(len(people)) for second in range(len(people)) if first != second
    }
    for first, second in itertools.permutations(range(len(people)), 2):
        faces, met = np.flatnonzero(owners == people[first]), np.flatnonzero(owners == people[second])
        told = found[(found["first"] == first) & (found["second"] == second)]
        assert len(told) == min(len(faces), rarity.MOST_FACES), "a few faces of each"
        best = {
            (float(np.float32(scores[face, met].max())), min(eyes[face], eyes[other]))
            for face in faces
            for other in met[scores[face, met] == scores[face, met].max()]
        }
        assert {(float(row["score"]), float(row["eyes"])) for row in told} <= best


def test_a_large_gallery_searches_with_fewer_faces_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    owners = np.repeat(np.arange(3), 6)
    rows = np.random.default_rng(1).standard_normal((18, 4)).astype(np.float32)
    eyes = np.full(18, 60, np.float32)
    assert len(strangers(EUCLIDEAN, rows, owners, eyes)) == 3 * 2 * 4
    monkeypatch.setattr(rarity, "MOST_PAIRS", 12)
    assert len(strangers(EUCLIDEAN, rows, owners, eyes)) == 3 * 2 * 2
    monkeypatch.setattr(rarity, "MOST_PAIRS", 1)
    assert len(strangers(EUCLIDEAN, rows, owners, eyes)) == 3 * 2


def test_a_large_gallery_is_sampled_by_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rarity, "MOST_PEOPLE", 3)
    owners = np.array([9, 1, 1, 7, 5, 7, 3], np.int64)
    chosen = rarity.sample(owners)
    people = set(owners[chosen].tolist())
    assert len(people) == 3
    assert chosen.tolist() == [place for place, owner in enumerate(owners) if owner in people]
    assert np.array_equal(chosen, rarity.sample(owners))


def test_the_share_counts_strangers_that_score_at_least_as_high() -> None:
    calibration = Calibration(independent(1000, 10), minimum=100)
    at = calibration.rarity(float(np.float32(0.9)), 60)
    assert (at.share, at.basis) == (0.01, 1000)
    assert (at.low, at.high) == pytest.approx(wilson(0.01, 1000))
    assert calibration.rarity(0.1, 60).share == 1.0
    assert calibration.rarity(0.91, 60) == Rarity(0.0, 0.0, 0.003, 1000)


def test_the_best_of_several_faces_is_less_rare() -> None:
    calibration = Calibration(independent(1000, 10), minimum=100)
    one, four = calibration.rarity(0.5, 60), calibration.rarity(0.5, 60, faces=4)
    assert four.share == pytest.approx(1 - 0.99**2)
    assert one.low is not None
    assert four.low == pytest.approx(1 - (1 - one.low) ** 2)
    assert calibration.rarity(0.95, 60, faces=4).high == pytest.approx(1 - (1 - 0.003) ** 2)


def test_where_nobody_scores_as_high_one_face_that_resembles_everybody_still_widens_the_bound() -> None:
    highest = [(0.9, 60.0, 0, second) for second in range(1, 40)]
    others = [(0.1, 60.0, first, second) for first in range(1, 40) for second in range(first + 1, 40)]
    wolf = Calibration(pairs(highest + others), 100).rarity(0.95, 60)
    assert wolf.share == 0
    assert wolf.high is not None
    assert wolf.high > 5 * 3 / len(highest + others)


def test_too_few_pairs_leave_it_unknown() -> None:
    assert Calibration(independent(99, 1), minimum=100).rarity(0.5, 60) == Rarity(None, None, None, 99)
    assert Calibration(np.empty(0, STRANGERS), minimum=1).rarity(0.5, 60) == Rarity(None, None, None, 0)


def test_strangers_of_the_same_quality_are_asked_and_never_only_sharper_ones() -> None:
    calibration = Calibration(pairs([*independent(200, 0, 60.0), *independent(200, 100, 30.0)]), 150)
    assert calibration.rarity(0.5, 60) == Rarity(0.0, 0.0, 3 / 200, 200)
    assert calibration.rarity(0.5, 30).share == 0.5
    assert calibration.rarity(0.5, 10) == Rarity(None, None, None, 0)
    few_sharp = Calibration(pairs([*independent(50, 0, 60.0), *independent(200, 100, 30.0)]), 150)
    assert few_sharp.rarity(0.5, 60).share == pytest.approx(100 / 250)


def test_one_face_that_resembles_everybody_widens_the_interval() -> None:
    people = 100
    everybody = [
        (0.9 if first == 0 else 0.1, 60.0, first, second)
        for first in range(people)
        for second in range(first + 1, people)
    ]
    wolf = Calibration(pairs(everybody), 100).rarity(0.5, 60)
    spread_out = [
        (0.9 if place % 50 == 7 else 0.1, eyes, first, second)
        for place, (_, eyes, first, second) in enumerate(everybody)
    ]
    many = Calibration(pairs(spread_out), 100).rarity(0.5, 60)
    assert wolf.share == many.share == 0.02
    assert wolf.high is not None
    assert many.high is not None
    assert wolf.high > 5 * wolf.share
    assert many.high < 1.5 * many.share


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(3)
    covered = 0
    for _ in range(200):
        # Each person has a likeability, so that pairs that share a person depend on each other; the truth is known.
        likeable = random.standard_normal(60)
        first, second = np.triu_indices(60, 1)
        scores = likeable[first] + likeable[second] + random.standard_normal(len(first))
        table = np.rec.fromarrays([scores, np.full(len(first), 60.0), first, second], dtype=STRANGERS)
        found = Calibration(pairs(table.tolist()), 100).rarity(2.8490, 60)
        # The sum of three such numbers has the variance 3; 2.8490 = 1.6449 * sqrt(3) is passed by 5 of 100.
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.05 <= found.high
    assert covered >= 175


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Rarity(1 / 2300, 1 / 6000, 1 / 1100, 100_000),
            "about 1 in 2,300 strangers score as high (1 in 1,100 to 1 in 6,000)",
        ),
        (
            Rarity(1 / 2345, 1 / 6011, 1 / 1149, 100_000),
            "about 1 in 2,300 strangers score as high (1 in 1,100 to 1 in 6,000)",
        ),
        (Rarity(0.37, 0.332, 0.41, 500), "about 37 % of strangers score as high (41 % to 33 %)"),
        (Rarity(1 / 12, 1 / 15, 0.11, 500), "about 1 in 12 strangers score as high (11 % to 1 in 15)"),
        (Rarity(0.0, 0.0, 3 / 2700, 2700), "fewer than 1 in 900 strangers: none of 2,700 pairs scored as high"),
        (Rarity(None, None, None, 66), "not known: only 66 pairs of strangers to go by"),
        (Rarity(None, None, None, 0), "not known: no strangers to go by"),
    ],
)
def test_it_is_said_in_words(found: Rarity, said: str) -> None:
    assert words(found) == said


def test_many_are_rated_together_as_each_is_alone() -> None:
    scores = np.random.default_rng(3).random(200)
    everybody = [(score, 60 if place % 3 else 30, place % 17, 17 + place % 13) for place, score in enumerate(scores)]
    together = Calibration(pairs(everybody), 20)
    asked = [(0.99, 60, 1), (0.5, 60, 1), (0.5, 60, 4), (0.2, 30, 2), (0.5, 10, 1), (-1.0, 60, 1)]
    found = together.rarities(*(np.array(column) for column in zip(*asked, strict=True)))
    assert found == [Calibration(pairs(everybody), 20).rarity(*one) for one in asked]
    assert len(set(found)) == len(found)
