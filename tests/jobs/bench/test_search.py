"""What search is measured on is spread as it says, and what it is measured beside finds the same."""

from pathlib import Path

import numpy as np

from engine.search.graphs import usearch_exact
from engine.search.kernels import scan_all
from engine.search.space import Space
from jobs.bench.search import measure_set, written
from jobs.bench.search_large import measure_faces
from jobs.bench.spread import HARD, PRODUCT, Crowd
from tests.jobs.bench.conditions import conditions

_DLIB = Space("d", "d", 128, "euclidean", {})


def test_people_of_the_product_are_as_far_apart_as_the_models_own() -> None:
    vectors = np.concatenate(list(Crowd(PRODUCT, 128).vectors(3_000)))
    lengths = np.linalg.norm(vectors, axis=1)
    assert 1.3 < np.median(lengths) < 1.5
    same = np.linalg.norm(vectors[::3] - vectors[1::3], axis=1)
    strangers = np.linalg.norm(vectors[:2_997:3] - vectors[3::3], axis=1)
    assert 0.3 < np.median(same) < 0.4
    assert 0.7 < np.median(strangers) < 0.9


def test_the_hard_set_has_the_cosines_it_says() -> None:
    vectors = np.concatenate(list(Crowd(HARD, 512).vectors(3_000)))
    same = (vectors[::3] * vectors[1::3]).sum(axis=1)
    strangers = (vectors[:2_997:3] * vectors[3::3]).sum(axis=1)
    assert abs(np.median(same) - 0.52) < 0.05
    assert abs(np.median(strangers) - 0.05) < 0.03


def test_blocks_are_the_same_in_every_run_and_probes_are_half_of_people_who_are_there() -> None:
    crowd = Crowd(PRODUCT, 16)
    first, second = (np.concatenate(list(crowd.vectors(60_000))) for _ in range(2))
    assert first.shape == (60_000, 16)
    assert np.array_equal(first, second)
    probes = crowd.probes(10, 3_000)
    nearest = [np.linalg.norm(first - probe, axis=1).min() for probe in probes]
    assert len(nearest) == 10
    assert np.median(nearest[::2]) < np.median(nearest[1::2])


def test_the_scan_and_usearch_find_the_same(tmp_path: Path) -> None:
    crowd = Crowd(PRODUCT, 128)
    vectors, codes = written(tmp_path, crowd, _DLIB, 5_000)
    for probe in crowd.probes(4, 5_000):
        ours = scan_all(_DLIB, vectors, codes, probe[None]).shortlist(50)
        (theirs,) = usearch_exact("euclidean", vectors, probe[None], 50)
        assert set(ours.positions.tolist()) == set(theirs.tolist())


def test_each_comparison_has_a_row_and_what_is_asked_is_said() -> None:
    rows = list(measure_set("few", PRODUCT, _DLIB, 2_000, 2.0, conditions()))
    assert [(row.what, row.asked is not None) for row in rows] == [
        ("few, 1 probe", True),
        ("few, 1 probe", True),
        ("few, 1 probe", False),
        ("few, 10 probes", False),
        ("few, 100 probes", False),
    ]
    for row in rows:
        assert row.ratio == row.beside_figure / row.figure


def test_memory_is_held_against_what_is_asked() -> None:
    memory, time = measure_faces(500, conditions())
    assert memory.reached is True
    assert memory.figure is not None
    assert memory.figure > 0.01
    assert time.ratio == time.beside_figure / time.figure
