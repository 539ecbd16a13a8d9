"""The network's numbers against those of dlib on the same chips (make_dlib_reference.py)."""

from dataclasses import replace

import numpy as np
import pytest

from config.models import load_manifest
from engine.vision import dlib_format as saved
from engine.vision.dlib_resnet import BATCH, DlibResNet
from engine.vision.errors import WeightsUnusable
from engine.vision.weights import locate
from tests.engine.vision.dlib_reference import FACES, REFERENCE, digest, face_chip, made_chips, picture

VECTORS = np.load(REFERENCE)


@pytest.fixture(scope="module")
def network() -> DlibResNet:
    return DlibResNet.load(locate(load_manifest().embedder), threads=1)


@pytest.fixture(scope="module")
def file() -> saved.Network:
    return saved.read_network(locate(load_manifest().embedder).read_bytes())


@pytest.mark.parametrize("name", made_chips())
def test_made_chips_get_dlibs_vector(network: DlibResNet, name: str) -> None:
    chip = made_chips()[name]
    assert digest(chip) == str(VECTORS[f"{name}.sha256"])
    np.testing.assert_allclose(network.embed(chip[None])[0], VECTORS[f"{name}.vector"], atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", FACES)
def test_faces_get_dlibs_vector(network: DlibResNet, name: str) -> None:
    pixels = picture(name)
    if pixels is None:
        pytest.skip(f"the package {FACES[name][0]}, which carries the picture, is not installed")
    chip = face_chip(pixels, name)
    if digest(chip) != str(VECTORS[f"{name}.sha256"]):
        pytest.skip("this machine decodes the picture to other pixels than the reference was made from")
    np.testing.assert_allclose(network.embed(chip[None])[0], VECTORS[f"{name}.vector"], atol=1e-5, rtol=0)


def test_chips_in_batches_get_the_vectors_they_get_alone(network: DlibResNet) -> None:
    chips = np.stack([np.roll(chip, shift, axis=1) for chip in made_chips().values() for shift in range(5)])
    assert len(chips) > BATCH
    together = network.embed(chips)
    alone = np.concatenate([network.embed(chip[None]) for chip in chips])
    np.testing.assert_allclose(together, alone, atol=1e-5, rtol=0)


def test_no_chips_make_no_vectors(network: DlibResNet) -> None:
    assert network.embed(np.empty((0, 150, 150, 3), np.uint8)).shape == (0, 128)


@pytest.mark.parametrize(
    "chips", [np.zeros((1, 112, 112, 3), np.uint8), np.zeros((150, 150, 3), np.uint8), np.zeros((1, 150, 150, 3))]
)
def test_chips_of_another_shape_are_refused(network: DlibResNet, chips: np.ndarray) -> None:
    with pytest.raises(ValueError, match="chips are uint8"):
        network.embed(chips)


def test_the_network_has_dlibs_size(network: DlibResNet) -> None:
    numbers = sum(parameter.numel() for parameter in network.parameters()) + network.weights.numel()
    assert (numbers, len(network.blocks)) == (5_607_488, 14)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda layers: layers[:-1], "its end where FullyConnected belongs"),
        (lambda layers: (*layers, saved.Relu()), "a Relu follows the end"),
        (lambda layers: layers[1:], "Affine where Convolution belongs"),
        (lambda layers: (*layers[:3], replace(layers[3], kind="avg"), *layers[4:]), "a pooling of the network"),
        (lambda layers: (*layers[:5], *layers[:2], *layers[7:]), "do not fit each other"),
        (lambda layers: (layers[0], layers[-10], *layers[2:]), "where Affine belongs"),
    ],
)
def test_another_architecture_is_refused(file: saved.Network, change: object, reason: str) -> None:
    with pytest.raises(WeightsUnusable, match=reason):
        DlibResNet(replace(file, layers=change(file.layers)))


def test_another_input_size_is_refused(file: saved.Network) -> None:
    with pytest.raises(WeightsUnusable, match="200 x 150 pixels"):
        DlibResNet(replace(file, input=replace(file.input, width=200)))
