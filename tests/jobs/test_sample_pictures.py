"""The sample pictures come from installed packages, and where those are missing the next step is named."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from engine.records.actors import Actor
from jobs import embedders, sample_pictures
from jobs.errors import SamplesMissing
from jobs.model_import import import_model
from jobs.workbench import Workbench
from tests.engine.vision.onnx_models import declared, projection


@pytest.fixture
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def distribution(package: str) -> None:
        raise PackageNotFoundError(package)

    monkeypatch.setattr(sample_pictures, "distribution", distribution)


@pytest.mark.usefixtures("_nothing_installed")
def test_without_them_no_model_is_imported(records, settings, paths, supervisor: Actor, tmp_path: Path) -> None:
    file = tmp_path / "small.onnx"
    file.write_bytes(projection())
    bench = Workbench(records, settings, paths, holder="command:test")
    with pytest.raises(SamplesMissing, match="scikit-image") as refused:
        import_model(bench, file, declared(), actor=supervisor)
    assert refused.value.hint == "pip install scikit-image"
    assert len(embedders.find_all(paths.models)[0]) == 1


def test_the_strangers_are_faces_of_one_size() -> None:
    pytest.importorskip("skimage", reason="the sample pictures are not installed")
    strangers = sample_pictures.strangers()
    assert len(strangers) == sample_pictures.STRANGERS
    assert {(picture.mode, picture.size) for picture in strangers} == {("RGB", (200, 200))}


def test_the_same_picture_gives_the_same_file() -> None:
    picture = sample_pictures.astronaut()
    assert sample_pictures.as_jpeg(picture, 30) == sample_pictures.as_jpeg(picture, 30)
    assert sample_pictures.recompressed(picture, 30).size == picture.size
