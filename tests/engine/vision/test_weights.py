"""Weights that are missing or altered are refused with the command that mends it."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from config.models import ModelEntry, load_manifest
from engine.vision.errors import VisionError, WeightsAltered, WeightsMissing, WeightsUnusable
from engine.vision.retinaface import RetinaFace
from engine.vision.weights import locate

ENTRIES = [load_manifest().detector, load_manifest().embedder]
MENDING = "--no-deps --require-hashes -r config/models.txt"


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the detector's file in a package of its own, which Python finds before the installed one."""
    entry = ENTRIES[0]
    file = tmp_path / entry.file
    file.parent.mkdir(parents=True)
    shutil.copy(locate(entry), file)
    metadata = tmp_path / f"{entry.package}-{entry.version}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {entry.package}\nVersion: {entry.version}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return file


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_weights_are_located_without_importing_their_package(entry: ModelEntry) -> None:
    assert locate(entry).is_file()
    assert entry.package not in sys.modules


def test_a_package_that_is_not_installed_is_named() -> None:
    entry = replace(ENTRIES[0], package="a_package_nobody_has")
    with pytest.raises(
        WeightsMissing, match=r"a_package_nobody_has 1\.1\.1, which carries its weights, is not"
    ) as caught:
        locate(entry)
    assert caught.value.hint == f"pip install {MENDING}"


def test_a_file_that_is_gone_is_named(copy: Path) -> None:
    assert locate(ENTRIES[0]) == copy
    copy.unlink()
    with pytest.raises(WeightsMissing, match=r"frozen_graph\.pb is missing from the installed package") as caught:
        locate(ENTRIES[0])
    assert caught.value.hint == f"pip install --force-reinstall {MENDING}"


def test_one_changed_byte_is_refused(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[3_000_000] ^= 1
    copy.write_bytes(content)
    with pytest.raises(WeightsAltered, match=r"frozen_graph\.pb has SHA-256 [0-9a-f]{64}, not cf242e86") as caught:
        locate(ENTRIES[0])
    assert caught.value.hint == f"pip install --force-reinstall {MENDING}"


@pytest.mark.parametrize("content", [b"", b"not a graph", b"\x0a\x04\x0a\x02ab", bytes(1000)])
def test_a_file_that_holds_another_network_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.pb"
    file.write_bytes(content)
    with pytest.raises(WeightsUnusable):
        RetinaFace.load(file, threads=1)


def test_a_graph_cut_short_is_refused(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:1_000_000])
    with pytest.raises(WeightsUnusable, match="not a TensorFlow graph"):
        RetinaFace.load(copy, threads=1)


def test_a_path_without_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"nothing\.pb cannot be read: No such file"):
        RetinaFace.load(tmp_path / "nothing.pb", threads=1)


def test_every_error_is_a_vision_error_with_a_hint_of_its_own() -> None:
    assert issubclass(WeightsAltered, VisionError)
    assert WeightsAltered("x", hint="y").hint == "y"
