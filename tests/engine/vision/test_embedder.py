"""The default embedder: what it says it is, and that the same face lies nearer than another."""

import hashlib

import numpy as np
import pytest

from config.models import load_manifest
from engine.vision.dlib_resnet import DlibResNet
from engine.vision.embedder import DlibEmbedder, Embedder
from engine.vision.errors import UnusableLandmarks, WeightsUnusable
from engine.vision.templates import DLIB_CHIP
from tests.engine.vision.dlib_reference import picture
from tests.engine.vision.faces import blurred

# RetinaFace's landmarks in the two pictures, rounded.
LANDMARKS = {
    "astronaut": [(202.5, 102.8), (245.6, 103.1), (224.8, 127.6), (203.3, 139.6), (245.9, 140.1)],
    "hopper": [(221.3, 189.7), (308.4, 185.2), (264.6, 241.3), (229.4, 274.8), (299.0, 271.3)],
}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return DlibEmbedder.load(load_manifest().embedder, threads=1)


def test_it_is_what_the_manifest_declares(embedder: Embedder) -> None:
    entry = load_manifest().embedder
    assert (embedder.name, embedder.dimension, embedder.metric) == (entry.name, entry.dimension, entry.metric)
    assert embedder.identity.weights_sha256 == entry.sha256


def test_the_name_of_the_alignment_changes_with_its_numbers() -> None:
    # Vectors made with other numbers do not compare: whoever changes them must also change the name, and then this.
    digest = hashlib.sha256(repr((DLIB_CHIP.name, DLIB_CHIP.size, DLIB_CHIP.points)).encode()).hexdigest()
    assert digest[:16] == "19bbb149390a30fd"


def test_a_turned_and_blurred_picture_of_a_face_lies_nearer_than_another_person(embedder: Embedder) -> None:
    pixels = {name: picture(name) for name in LANDMARKS}
    if any(picture is None for picture in pixels.values()):
        pytest.skip("scikit-image and matplotlib, which carry the pictures, are not both installed")
    points = {name: np.array(values, np.float32) for name, values in LANDMARKS.items()}
    height = pixels["astronaut"].shape[0]
    # A quarter turn clockwise moves (x, y) to (height - y, x).
    turned = np.rot90(blurred(pixels["astronaut"], 1), -1)
    turned_points = np.stack([height - points["astronaut"][:, 1], points["astronaut"][:, 0]], axis=1)
    first, same, other = embedder.embed(
        np.stack(
            [
                embedder.align(pixels["astronaut"], points["astronaut"]),
                embedder.align(turned, turned_points),
                embedder.align(pixels["hopper"], points["hopper"]),
            ]
        )
    )
    assert np.linalg.norm(first - same) < 0.25
    assert np.linalg.norm(first - other) > 0.6


def test_landmarks_without_size_are_refused(embedder: Embedder) -> None:
    with pytest.raises(UnusableLandmarks):
        embedder.align(np.zeros((50, 50, 3), np.uint8), np.full((5, 2), 7, np.float32))


def test_a_file_that_is_no_network_is_refused(tmp_path) -> None:
    file = tmp_path / "weights.dat"
    file.write_bytes(b"\x01\x01\x0dno network at all")
    with pytest.raises(WeightsUnusable):
        DlibResNet.load(file)
