"""Rarity on held-out people: right where people are alike at random, and seen to be wrong where it is not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.search.evaluation import rarity_check
from engine.search.evaluation.enrolment import Enrolled, Enrolment, enrol
from engine.search.evaluation.rarity_check import LEVELS, RarityCheck, check_rarity
from engine.search.evaluation.tables import LabelledPicture
from engine.vision.types import Quality
from tests.engine.search.arrays import EUCLIDEAN


def people(count: int, each: int, eyes: float = 60.0) -> tuple[list[LabelledPicture], Enrolment]:
    """So many people, scattered at random in four dimensions, with pictures close to each other."""
    random = np.random.default_rng(7)
    table = [LabelledPicture(f"{person}-{picture}", str(person)) for person in range(count) for picture in range(each)]
    middles = random.standard_normal((count, 4))
    vectors = {row.file: middles[int(row.identity)] + 0.2 * random.standard_normal(4) for row in table}

    def look(path: Path) -> Enrolled:
        return Enrolled(vectors[str(path)].astype(np.float32), quality=Quality(eyes, 1, 1, 1, 0, 0, 0))

    return table, enrol(vectors, Path(), look, EUCLIDEAN)


def checked(count: int, each: int, eyes: float = 60.0) -> RarityCheck:
    found = check_rarity(*people(count, each, eyes), EUCLIDEAN, minimum=100)
    assert found is not None
    return found


def test_it_keeps_its_word_for_strangers_drawn_as_the_gallery_was() -> None:
    found = checked(120, 3)
    assert found.gallery == pytest.approx(96)
    assert [band.label for band in found.bands] == ["all", "48 and more"]
    everything = found.bands[0]
    assert (everything.searches, everything.people) == (360, 120)
    for point, level in zip(everything.points[:3], LEVELS, strict=False):
        assert point.observed.share == pytest.approx(level, rel=0.35)
        assert point.per_search == pytest.approx(96 * level)
        assert point.seen_per_search == pytest.approx(96 * point.observed.share)
        assert point.alarmed.share <= min(1.0, point.seen_per_search) + 1e-9


def test_an_estimate_that_is_off_is_seen_to_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., np.ndarray] = rarity_check.strangers

    def flattering(*arguments: object) -> np.ndarray:
        """Strangers as they would be if everybody were less alike than they are."""
        pairs = real(*arguments)
        pairs["score"] -= 0.5
        return pairs

    monkeypatch.setattr(rarity_check, "strangers", flattering)
    for point in checked(120, 3).bands[0].points[:3]:
        assert point.observed.low > 1.5 * point.rarity


def test_nothing_is_said_of_too_few() -> None:
    assert check_rarity(*people(30, 2), EUCLIDEAN, minimum=10_000) is None
    assert check_rarity(*people(9, 2), EUCLIDEAN, minimum=20) is None, "ten people at least"
    assert checked(30, 2).unknown == 0


def test_it_is_told_by_the_probes_quality() -> None:
    assert [band.label for band in checked(30, 2, eyes=20.0).bands] == ["all", "below 24"]
