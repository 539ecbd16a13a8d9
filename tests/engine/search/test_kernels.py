"""The exact scan: it hands out the best rows, no other row scores above its ceiling, and codes tell no lies."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from config.models import Metric
from engine.search.codes import BLOCK, Codes, centre_of, directed, encode, least_distances
from engine.search.kernels import Scan, scan_all, scan_each
from engine.search.space import Space, exact_scores
from tests.engine.search.arrays import COSINE, EUCLIDEAN, SPACES, hostile, vectors


def scan_of(space: Space, rows: np.ndarray, probes: np.ndarray, allowed: np.ndarray | None = None) -> Scan:
    codes = encode(centre_of(space.metric, rows), directed(space.metric, rows))
    return scan_all(space, rows, codes, probes, allowed)


def least_of(codes: Codes, probes: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.concatenate([part for _, part in least_distances(codes, probes)], axis=1).min(axis=0)


def holds(scan: Scan, scores: np.ndarray, allowed: np.ndarray, wanted: int) -> None:
    shortlist = scan.shortlist(wanted)
    positions = shortlist.positions
    assert len(set(positions.tolist())) == len(positions) == min(wanted, int(allowed.sum()))
    assert allowed[positions].all()
    # The scores handed out are the best there are, be there ties or not.
    assert np.array_equal(np.sort(scores[positions]), np.sort(scores[allowed])[len(scores[allowed]) - len(positions) :])
    outside = allowed.copy()
    outside[positions] = False
    assert shortlist.ceiling == -np.inf if not outside.any() else scores[outside].max() <= shortlist.ceiling
    assert scan.compared == allowed.sum()


@given(SPACES, vectors(most=40), vectors(most=4), st.integers(1, 50), st.randoms(use_true_random=False))
def test_a_scan_keeps_its_promise_where_scores_are_equal_or_nearly(
    space: Space, rows: np.ndarray, probes: np.ndarray, wanted: int, random: st.DataObject
) -> None:
    allowed = np.array([random.random() < 0.6 for _ in rows])  # type: ignore[attr-defined] # hypothesis's Random
    scores = exact_scores(space, probes, rows).max(axis=0)
    holds(scan_of(space, rows, probes, allowed), scores, allowed, wanted)
    holds(scan_of(space, rows, probes), scores, np.ones(len(rows), bool), wanted)


@given(SPACES, hostile(), st.integers(1, 8))
def test_no_row_is_nearer_than_its_code_says(space: Space, rows: np.ndarray, of_probes: int) -> None:
    probes = rows[:of_probes]
    codes = encode(centre_of(space.metric, rows), directed(space.metric, rows))
    least = least_of(codes, directed(space.metric, probes))
    wide, wide_probes = (directed(space.metric, each).astype(np.longdouble) for each in (rows, probes))
    true = np.stack([np.sqrt(((wide - probe) ** 2).sum(axis=1)) for probe in wide_probes]).min(axis=0)
    assert (least <= true).all()
    scores = exact_scores(space, probes, rows).max(axis=0)
    for wanted in (1, len(rows) // 2 or 1):
        holds(scan_of(space, rows, probes), scores, np.ones(len(rows), bool), wanted)


@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 1100), st.integers(0, 2**32 - 1))
@example(3, 1, 1100, 0)
def test_products_of_codes_are_exact(rows: int, probes: int, dimension: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    some = random.choice(np.array([-127, 127, 0, 1, -1, 55], np.float64), (rows + probes, dimension))
    some[:, 0] = 127
    codes = encode(np.zeros(dimension), some[:rows])
    least = least_of(codes, some[rows:])
    true = np.sqrt(((some[:rows, None] - some[None, rows:]) ** 2).sum(axis=2)).min(axis=1)
    # Whole numbers lose nothing in codes, so that what remains is what is taken away for safety.
    assert (least <= true).all()
    assert np.allclose(least, true, rtol=1e-3, atol=2e-3 * 127 * np.sqrt(dimension))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize(("length", "block"), [(1e-3, 2_000), (1.0, BLOCK), (1e3, 2_000)])
def test_many_rows_of_any_length_are_ranked_exactly(
    metric: Metric, length: float, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("codes", "kernels"):
        monkeypatch.setattr(f"engine.search.{module}.BLOCK", block)
    space = Space("x", "x", 128, metric, {})
    random = np.random.default_rng(7)
    rows = (random.standard_normal((2 * block + 100, 128)) * length + length).astype(np.float32)
    rows[-200:] = rows[:200]
    rows[-300:-200] = rows[:100] * np.float32(1 + 2**-22)
    probes = (rows[:3] + random.standard_normal((3, 128)) * length / 10).astype(np.float32)
    everyone, some = np.ones(len(rows), bool), random.random(len(rows)) < 0.5
    for number, allowed in ((1, everyone), (3, everyone), (3, some)):
        scores = exact_scores(space, probes[:number], rows).max(axis=0)
        holds(scan_of(space, rows, probes[:number], allowed), scores, allowed, 50)


def test_probes_scanned_together_get_what_each_gets_alone() -> None:
    random = np.random.default_rng(5)
    rows = random.standard_normal((BLOCK + 7, 16)).astype(np.float32)
    probes = rows[:70] + random.standard_normal((70, 16)).astype(np.float32) / 2
    codes = encode(centre_of("cosine", rows), directed("cosine", rows))
    scans = list(scan_each(COSINE, rows, codes, list(probes[:, None])))
    assert len(scans) == 70
    for scan, probe in zip(scans, probes, strict=True):
        holds(scan, exact_scores(COSINE, probe[None], rows)[0], np.ones(len(rows), bool), 20)


def test_one_row_far_from_all_others_costs_them_nothing() -> None:
    random = np.random.default_rng(3)
    rows = random.standard_normal((5_000, 64)).astype(np.float32)
    plain = _possible(rows)
    rows[17] = 9e4
    assert _possible(rows) < 3 * plain


def _possible(rows: NDArray[np.float32]) -> int:
    """How many rows may be nearer than the 50th."""
    codes: Codes = encode(centre_of("euclidean", rows), directed("euclidean", rows))
    least = least_of(codes, rows[:1].astype(np.float64))
    true = np.sort(1 - exact_scores(EUCLIDEAN, rows[:1], rows)[0])
    return int((least <= true[50]).sum())


def test_a_scan_of_nothing_finds_nothing() -> None:
    nothing, probe = np.empty((0, 4), np.float32), np.ones((1, 4), np.float32)
    for scan in (
        scan_of(EUCLIDEAN, nothing, probe),
        scan_of(COSINE, nothing, probe, np.empty(0, bool)),
        scan_of(EUCLIDEAN, np.ones((3, 4), np.float32), probe, np.zeros(3, bool)),
    ):
        shortlist = scan.shortlist(10)
        assert (len(shortlist.positions), shortlist.ceiling, scan.compared) == (0, -np.inf, 0)


@pytest.mark.parametrize("library", ["onnxruntime", "torch"])
def test_networks_can_be_loaded_after_a_scan(library: str) -> None:
    code = (
        "import importlib\n"
        "import numpy as np\n"
        "from engine.search.codes import encode, least_distances\n"
        "rows = np.eye(4)\n"
        "[(start, least)] = least_distances(encode(np.zeros(4), rows), rows[:1])\n"
        "assert least[0].argmin() == 0\n"
        f"importlib.import_module({library!r})\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
