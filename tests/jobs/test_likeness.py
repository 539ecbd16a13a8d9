"""What is known of models: the shipped one by measuring, imported ones by the strangers of their own test."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.declaration import declare
from config.models import load_manifest
from engine.search.space import Space, space_of
from engine.vision.identity import describe_shipped
from engine.vision.imported import ImportedModel, SelfTest
from jobs.likeness import likeness_of
from jobs.model_import import _keep

TESTED = SelfTest(1.0, 5.0, 186, 17019, stranger_mean=0.09, stranger_deviation=0.11)


def imported(folder: Path, test: SelfTest) -> Space:
    declaration = declare(
        {
            "name": "unit-model",
            "input_size": 112,
            "colour": "RGB",
            "mean": 127.5,
            "scale": 0.0078431,
            "alignment": "arcface",
            "metric": "cosine",
            "licence": "none needed",
            "trained_on": "adults",
            "validated_on": "nothing",
        }
    )
    model = ImportedModel(declaration, "a" * 64, 128, test)
    _keep(folder, model, b"weights")
    return space_of(model.description)


def test_an_imported_models_limits_follow_from_its_own_strangers(tmp_path: Path) -> None:
    space = imported(tmp_path, TESTED)
    found = likeness_of(space, tmp_path)
    assert found is not None
    assert found.one_person == pytest.approx(0.53)
    assert found.unlike < found.one_person < found.twice < 1
    assert likeness_of(replace(space, id="another"), tmp_path) is None, "the same name with other weights"


def test_of_a_model_whose_strangers_were_not_measured_nothing_is_known(tmp_path: Path) -> None:
    before = replace(TESTED, stranger_mean=None, stranger_deviation=None)
    assert likeness_of(imported(tmp_path, before), tmp_path) is None


def test_the_shipped_model_was_measured(tmp_path: Path) -> None:
    found = likeness_of(space_of(describe_shipped(load_manifest().embedder)), tmp_path)
    assert found is not None
    assert found.unlike < found.one_person < found.twice
