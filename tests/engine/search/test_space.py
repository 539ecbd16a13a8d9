"""Spaces: their identity, the vectors they refuse, and scores against a brute force."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given

from engine.records.errors import BadVector, SpaceMismatch
from engine.search.space import Space, checked, exact_scores, same_space, similarity, space_of
from tests.engine.search.arrays import COSINE, EUCLIDEAN, SPACES, brute_force, vectors


@dataclass(frozen=True)
class _Identity:
    weights_sha256: str = "0" * 64
    alignment: str = "five-points"
    preprocessing: str = "mean"
    precision: str = "float32"


@dataclass(frozen=True)
class _Embedder:
    name: str = "net"
    dimension: int = 4
    metric: str = "euclidean"
    identity: _Identity = _Identity()


def test_everything_that_shapes_a_vector_makes_another_space() -> None:
    base = _Embedder()
    others = [
        replace(base, name="other"),
        replace(base, dimension=5),
        replace(base, metric="cosine"),
        replace(base, identity=_Identity(weights_sha256="1" * 64)),
        replace(base, identity=_Identity(alignment="four-points")),
        replace(base, identity=_Identity(preprocessing="none")),
        replace(base, identity=_Identity(precision="bfloat16")),
    ]
    assert len({space_of(each).id for each in [base, *others]}) == 8  # type: ignore[arg-type] # a stand-in by shape
    assert space_of(base).id == space_of(_Embedder()).id  # type: ignore[arg-type] # a stand-in by shape


def test_the_id_is_the_digest_of_the_description() -> None:
    canonical = (
        b'{"alignment":"five-points","dimension":4,"metric":"euclidean","model":"net","precision":"float32",'
        b'"preprocessing":"mean","weights_sha256":"' + b"0" * 64 + b'"}'
    )
    assert space_of(_Embedder()).id == hashlib.sha256(canonical).hexdigest()[:16]  # type: ignore[arg-type] # by shape


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(BadVector, match=r"the faces: vector 1"):
        checked(EUCLIDEAN, [[1, 0, 0, 0], [bad, 0, 0, 0]], "the faces")


@pytest.mark.parametrize("length", [0.0, 1e-9, 1e9])
def test_a_vector_without_a_sane_length_is_refused(length: float) -> None:
    with pytest.raises(BadVector):
        checked(EUCLIDEAN, [[length, 0, 0, 0]], "the faces")


@pytest.mark.parametrize("shape", [(2, 3), (2, 5), (4,), (1, 2, 4)])
def test_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(SpaceMismatch, match=EUCLIDEAN.id):
        checked(EUCLIDEAN, np.ones(shape, np.float32), "the faces")


def test_a_vector_of_another_space_is_refused() -> None:
    same_space(EUCLIDEAN.id, EUCLIDEAN.id, "the probe")
    with pytest.raises(SpaceMismatch, match=COSINE.id):
        same_space(EUCLIDEAN.id, COSINE.id, "the probe")


@given(SPACES, vectors(most=5), vectors(most=8))
def test_scores_agree_with_a_brute_force(space: Space, probes: np.ndarray, rows: np.ndarray) -> None:
    expected = brute_force(space, probes, rows)
    assert np.allclose(exact_scores(space, probes, rows), expected, rtol=0, atol=1e-12)
    fast = similarity(space, probes, rows)
    assert fast.dtype == np.float32
    assert np.allclose(fast, expected, rtol=0, atol=3e-7)


@given(SPACES, vectors(least=2, most=30), vectors(most=3))
def test_equal_vectors_get_equal_scores_wherever_they_stand(space: Space, rows: np.ndarray, probes: np.ndarray) -> None:
    twice = np.concatenate([rows, rows[::-1]])
    scores = exact_scores(space, probes, twice)
    assert np.array_equal(scores[:, : len(rows)], scores[:, len(rows) :][:, ::-1])


def test_searching_does_without_torch() -> None:
    # The test of imported models is the one module that runs a network itself.
    code = (
        "import sys, pkgutil, importlib, engine.search\n"
        "found = pkgutil.walk_packages(engine.search.__path__, 'engine.search.')\n"
        "names = {module.name for module in found} - {'engine.search.self_test'}\n"
        "for name in names:\n"
        "    importlib.import_module(name)\n"
        "assert {'engine.search.index', 'engine.search.evaluation.searches'} <= names\n"
        "assert 'torch' not in sys.modules, 'torch was loaded'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
