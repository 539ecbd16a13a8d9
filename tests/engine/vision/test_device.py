"""The same faces wherever the networks compute; what needs a graphics processor is skipped where there is none."""

from itertools import chain

import numpy as np
import pytest
import torch

from config.models import load_manifest
from engine.vision.device import choose
from engine.vision.dlib_resnet import DlibResNet
from engine.vision.errors import DeviceMissing
from engine.vision.graphdef import Graph
from engine.vision.retinaface import RetinaFace
from engine.vision.retinaface_net import UNCUT, RetinaFaceNet
from engine.vision.weights import locate
from tests.engine.vision.photographs import photograph

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch finds no CUDA device here")


@pytest.fixture(autouse=True)
def flags():
    """What `choose` sets for the whole process is as it was afterwards."""
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    yield
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


def test_the_processor_is_there_whatever_else_is() -> None:
    assert choose("cpu").type == "cpu"


def test_auto_takes_cuda_where_there_is_one(monkeypatch) -> None:
    for there, device in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda there=there: there)
        assert choose("auto").type == device


def test_shortened_numbers_are_turned_off_on_cuda(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    choose("cuda")
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.allow_tf32


def test_cuda_where_there_is_none_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceMissing) as caught:
        choose("cuda")
    assert "worker.device" in caught.value.hint


def test_whole_maps_as_on_cuda_give_the_faces_that_bands_give() -> None:
    graph = Graph.parse(locate(load_manifest().detector).read_bytes())
    pictures = [photograph("astronaut"), photograph("hopper")]
    in_bands = RetinaFace(RetinaFaceNet(graph)).detect_batch(pictures)
    whole = RetinaFace(RetinaFaceNet(graph, band_bytes=UNCUT, pixels_at_once=UNCUT)).detect_batch(pictures)
    _assert_the_same_faces(in_bands, whole)


@needs_cuda
def test_cuda_finds_the_faces_that_the_processor_finds() -> None:
    path, pictures = locate(load_manifest().detector), [photograph("astronaut"), photograph("hopper")]
    found = [RetinaFace.load(path, 1, device).detect_batch(pictures) for device in ("cpu", "cuda")]
    _assert_the_same_faces(*found)


@needs_cuda
def test_cuda_gives_the_vectors_that_the_processor_gives() -> None:
    path = locate(load_manifest().embedder)
    chips = np.random.default_rng(2).integers(0, 256, (5, 150, 150, 3), np.uint8)
    vectors = [DlibResNet.load(path, 1, device).embed(chips) for device in ("cpu", "cuda")]
    np.testing.assert_allclose(*vectors, atol=1e-4, rtol=0)


def _assert_the_same_faces(found, others) -> None:
    assert [len(faces) for faces in found] == [len(faces) for faces in others]
    assert sum(map(len, found)) == 2
    for face, other in zip(chain(*found), chain(*others), strict=True):
        assert face.score == pytest.approx(other.score, abs=1e-4)
        np.testing.assert_allclose(face.box, other.box, atol=0.05)
        np.testing.assert_allclose(face.landmarks, other.landmarks, atol=0.05)
