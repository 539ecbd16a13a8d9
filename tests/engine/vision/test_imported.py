"""Imported models are used only as long as their files are the ones that were imported."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.vision.errors import WeightsAltered, WeightsMissing
from engine.vision.imported import ImportedModel, SelfTest, find_all, load, weights_of
from tests.engine.vision.onnx_models import DIMENSION, SIZE, declared, keep, projection

MODEL = ImportedModel(declared(), hashlib.sha256(projection()).hexdigest(), DIMENSION, SelfTest(1.0, 9.5, 10, 100))


def test_a_kept_model_is_found_and_loaded_as_it_was_declared(tmp_path: Path) -> None:
    keep(tmp_path, MODEL)
    (found,), problems = find_all(tmp_path)
    assert (found, problems) == (MODEL, [])
    embedder = load(tmp_path, found)
    assert embedder.identity == found.description.identity
    assert embedder.embed(np.zeros((2, SIZE, SIZE, 3), np.uint8)).shape == (2, DIMENSION)


def test_one_file_may_be_imported_twice_with_other_declarations(tmp_path: Path) -> None:
    other = ImportedModel(
        declared(name="another", colour="BGR"), MODEL.weights_sha256, DIMENSION, SelfTest(1.0, 9.5, 10, 100)
    )
    keep(tmp_path, MODEL)
    keep(tmp_path, other)
    assert find_all(tmp_path)[0] == [other, MODEL]


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    keep(tmp_path, MODEL)
    file = tmp_path / MODEL.weights_file
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(WeightsAltered, match="the model small"):
        load(tmp_path, MODEL)
    file.unlink()
    with pytest.raises(WeightsMissing, match="No such file"):
        weights_of(tmp_path, MODEL)


def test_a_changed_declaration_is_named_and_the_others_stay_usable(tmp_path: Path) -> None:
    other = ImportedModel(declared(name="another"), MODEL.weights_sha256, DIMENSION, MODEL.self_test)
    keep(tmp_path, other)
    path = keep(tmp_path, MODEL)
    path.write_bytes(path.read_bytes().replace(b"nobody", b"no one"))
    models, (problem,) = find_all(tmp_path)
    assert models == [other]
    assert isinstance(problem, WeightsAltered)
    assert path.name in problem.message


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"declaration": {"name": "x"}}', b"\xff"])
def test_a_declaration_of_another_kind_is_a_problem_not_a_crash(tmp_path: Path, text: bytes) -> None:
    (tmp_path / f"{hashlib.sha256(text).hexdigest()}.json").write_bytes(text)
    models, problems = find_all(tmp_path)
    assert models == []
    assert [type(problem) for problem in problems] == [WeightsAltered]


def test_a_folder_that_is_not_there_holds_no_models(tmp_path: Path) -> None:
    assert find_all(tmp_path / "none") == ([], [])


def test_listing_models_needs_no_runtime() -> None:
    code = "import sys, engine.vision.imported; print(sorted({'onnxruntime', 'torch', 'PIL'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
