"""The exact kernels: what they hand out holds the best rows, and no other row scores above their ceiling."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.kernels import BLOCK, FilteredScan, Kernel, WholeScan
from engine.search.space import Space, exact_scores
from tests.engine.search.arrays import SPACES, vectors


def _published(space: Space, rows: np.ndarray) -> np.ndarray:
    return rows if space.metric == "euclidean" else rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _holds(kernel: Kernel, scores: np.ndarray, allowed: np.ndarray, wanted: int) -> None:
    shortlist = kernel.shortlist(wanted)
    positions = shortlist.positions
    assert len(set(positions.tolist())) == len(positions) == min(wanted, int(allowed.sum()))
    assert allowed[positions].all()
    outside = allowed.copy()
    outside[positions] = False
    assert shortlist.ceiling == -np.inf if not outside.any() else scores[outside].max() <= shortlist.ceiling
    assert kernel.compared == allowed.sum()


@given(SPACES, vectors(most=40), vectors(most=1), st.integers(1, 50))
def test_the_whole_scan_keeps_its_promise(space: Space, rows: np.ndarray, probe: np.ndarray, wanted: int) -> None:
    scores = exact_scores(space, probe, rows).max(axis=0)
    kernel = WholeScan(space.metric, _published(space, rows), probe[0], threads=1)
    _holds(kernel, scores, np.ones(len(rows), bool), wanted)


@given(SPACES, vectors(most=40), vectors(most=4), st.integers(1, 50), st.randoms(use_true_random=False))
def test_the_filtered_scan_keeps_its_promise(
    space: Space, rows: np.ndarray, probes: np.ndarray, wanted: int, random: st.DataObject
) -> None:
    allowed = np.array([random.random() < 0.6 for _ in rows])  # type: ignore[attr-defined] # hypothesis's Random
    scores = exact_scores(space, probes, rows).max(axis=0)
    _holds(FilteredScan(space.metric, _published(space, rows), probes, allowed), scores, allowed, wanted)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("length", [1e-3, 1.0, 1e3])
def test_the_rounding_bound_holds_on_many_rows_and_is_not_slack(metric: str, length: float) -> None:
    space = Space("x", "x", 128, metric, {})  # type: ignore[arg-type] # one of the two metrics
    random = np.random.default_rng(7)
    rows = (random.standard_normal((2 * BLOCK + 100, 128)) * length + length).astype(np.float32)
    probes = (random.standard_normal((3, 128)) * length + length).astype(np.float32)
    everyone = np.ones(len(rows), bool)
    one = exact_scores(space, probes[:1], rows)[0]
    _holds(WholeScan(space.metric, _published(space, rows), probes[0], threads=2), one, everyone, 50)
    any_of_three = exact_scores(space, probes, rows).max(axis=0)
    some = random.random(len(rows)) < 0.5
    for allowed in (everyone, some):
        kernel = FilteredScan(space.metric, _published(space, rows), probes, allowed)
        _holds(kernel, any_of_three, allowed, 50)
        shortlist = kernel.shortlist(200)
        best = np.sort(any_of_three[allowed])[-50]
        assert best > shortlist.ceiling, "200 rows are enough to be certain of 50"


def test_a_scan_of_nothing_finds_nothing() -> None:
    nothing, probe = np.empty((0, 4), np.float32), np.ones((1, 4), np.float32)
    for kernel in (
        WholeScan("euclidean", nothing, probe[0], threads=1),
        FilteredScan("cosine", nothing, probe, np.empty(0, bool)),
        FilteredScan("euclidean", np.ones((3, 4), np.float32), probe, np.zeros(3, bool)),
    ):
        shortlist = kernel.shortlist(10)
        assert (len(shortlist.positions), shortlist.ceiling, kernel.compared) == (0, -np.inf, 0)


@pytest.mark.parametrize("library", ["onnxruntime", "torch"])
def test_networks_can_be_loaded_after_a_scan(library: str) -> None:
    code = (
        "import importlib, sys\n"
        "import numpy as np\n"
        "from engine.search.kernels import WholeScan\n"
        "rows = np.eye(4, dtype=np.float32)\n"
        "assert WholeScan('euclidean', rows, rows[0], threads=1).shortlist(1).positions.tolist() == [0]\n"
        "assert 'usearch' in sys.modules\n"
        f"importlib.import_module({library!r})\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
