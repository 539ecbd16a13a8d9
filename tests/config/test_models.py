"""The manifest names one detector and one embedder, and refuses anything less."""

import hashlib
import importlib.metadata
import re
from importlib import resources
from pathlib import Path

import pytest

from config.errors import ManifestError
from config.models import load_manifest, mark_of, parse_manifest

TEXT = resources.files("config").joinpath("models.toml").read_text(encoding="utf-8")


def test_the_release_names_a_detector_and_an_embedder() -> None:
    manifest = load_manifest()
    assert manifest.detector.role == "detector"
    embedder = manifest.embedder
    assert (embedder.input_size, embedder.dimension, embedder.metric) == (150, 128, "euclidean")


@pytest.mark.parametrize("entry", load_manifest().models, ids=lambda entry: entry.name)
def test_the_installed_files_are_the_ones_the_manifest_names(entry) -> None:
    distribution = importlib.metadata.distribution(entry.package)
    assert distribution.version == entry.version
    content = Path(str(distribution.locate_file(entry.file))).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry.sha256


@pytest.mark.parametrize("entry", load_manifest().models, ids=lambda entry: entry.name)
def test_the_manifest_and_the_hashed_requirements_agree(entry) -> None:
    requirements = resources.files("config").joinpath("models.txt").read_text(encoding="utf-8")
    assert re.search(rf"^{entry.package}=={re.escape(entry.version)} --hash=sha256:", requirements, re.MULTILINE)


@pytest.mark.parametrize("entry", load_manifest().models, ids=lambda entry: entry.name)
def test_every_model_says_that_it_is_not_validated_on_children(entry) -> None:
    assert "children" in entry.caution


def test_what_must_be_said_of_a_model_follows_its_weights_not_its_name() -> None:
    entry = load_manifest().embedder
    shipped = {"model": "renamed", "weights_sha256": entry.sha256}
    assert mark_of(shipped) == "Model trained on adults; not validated on children."
    own = {"model": entry.name, "weights_sha256": "0" * 64}
    assert mark_of(own) == f"Model {entry.name} of this unit; not validated on children by Triage."


@pytest.mark.parametrize(
    ("found", "replacement", "message"),
    [
        (
            'role = "detector"',
            'role = "embedder"\nmark = ""\ninput_size = 1\ndimension = 1\nmetric = "cosine"',
            "0 models",
        ),
        ('role = "detector"', 'role = "poet"', "allowed: detector, embedder"),
        ('metric = "euclidean"', 'metric = "manhattan"', "allowed: euclidean, cosine"),
        ("dimension = 128", "", "dlib-resnet-v1 lacks dimension"),
        ("licence = ", "license = ", "lacks licence"),
        ("input_size = 150", "input_size = 150\ncolour = 1", "unknown field colour"),
        ("cf242e86", "CF242E86", "64 lower-case hexadecimal"),
        ("[[model]]", "[[model", "not TOML"),
    ],
)
def test_a_broken_manifest_is_refused_by_name(found: str, replacement: str, message: str) -> None:
    assert found in TEXT
    with pytest.raises(ManifestError, match=re.escape(message)) as refusal:
        parse_manifest(TEXT.replace(found, replacement, 1))
    assert "models.toml" in refusal.value.hint
