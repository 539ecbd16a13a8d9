"""The network's numbers against those of TensorFlow on the same graph (make_retinaface_reference.py)."""

from pathlib import Path

import numpy as np
import pytest

from config.models import load_manifest
from engine.vision.priors import decode_boxes, decode_landmarks, make_priors
from engine.vision.retinaface import RetinaFace
from engine.vision.weights import locate
from tests.engine.vision.photographs import photograph

REFERENCE = np.load(Path(__file__).parent / "fixtures" / "retinaface_reference.npz")
PICTURES = ["astronaut", "hopper"]


@pytest.fixture(scope="module")
def network() -> RetinaFace:
    return RetinaFace.load(locate(load_manifest().detector), threads=1)


@pytest.mark.parametrize("name", ["noise", "disc"])
def test_raw_output_is_tensorflows(network: RetinaFace, name: str) -> None:
    raw = network.raw_output([REFERENCE[f"{name}.input"]])
    for key, values in (("boxes", raw.boxes), ("landmarks", raw.landmarks), ("scores", raw.scores)):
        np.testing.assert_allclose(values[0].numpy(), REFERENCE[f"{name}.{key}"], atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", PICTURES)
def test_raw_output_for_a_photograph_is_tensorflows(network: RetinaFace, name: str) -> None:
    raw = network.raw_output([photograph(name)])
    chosen = REFERENCE[f"{name}.chosen"]
    for key, values in (("boxes", raw.boxes), ("landmarks", raw.landmarks), ("scores", raw.scores)):
        np.testing.assert_allclose(values[0].numpy()[chosen], REFERENCE[f"{name}.{key}"], atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", PICTURES)
def test_the_face_is_where_tensorflow_finds_it(network: RetinaFace, name: str) -> None:
    [faces] = network.detect_batch([photograph(name)])
    assert len(faces) == len(REFERENCE[f"{name}.face_scores"]) == 1
    np.testing.assert_allclose(faces[0].box, REFERENCE[f"{name}.face_boxes"][0], atol=1e-3)
    np.testing.assert_allclose(faces[0].landmarks, REFERENCE[f"{name}.face_landmarks"][0], atol=1e-3)
    assert faces[0].score == pytest.approx(REFERENCE[f"{name}.face_scores"][0], abs=1e-5)


def test_pictures_in_one_batch_get_the_faces_they_get_alone(network: RetinaFace) -> None:
    astronaut, hopper = photograph("astronaut"), photograph("hopper")
    blank = np.zeros_like(astronaut)
    together = network.detect_batch([blank, astronaut, hopper, astronaut[:, ::-1]])
    alone = [network.detect_batch([image])[0] for image in (blank, astronaut, hopper, astronaut[:, ::-1])]
    assert [len(faces) for faces in together] == [len(faces) for faces in alone] == [0, 1, 1, 1]
    for ours, theirs in zip(together[1:], alone[1:], strict=True):
        np.testing.assert_allclose(ours[0].box, theirs[0].box, atol=1e-3)


def test_a_picture_of_one_pixel_has_no_face(network: RetinaFace) -> None:
    assert network.detect_batch([np.zeros((1, 1, 3), np.uint8)]) == [[]]


def test_priors_undo_to_themselves_without_corrections() -> None:
    priors = make_priors(64, 96)
    assert priors.shape == (2 * (8 * 12 + 4 * 6 + 2 * 3), 4)
    boxes = decode_boxes(np.zeros_like(priors), priors)
    np.testing.assert_allclose(boxes[0], [4 - 8, 4 - 8, 4 + 8, 4 + 8])
    np.testing.assert_allclose(boxes[:, 2:] - boxes[:, :2], priors[:, 2:])
    landmarks = decode_landmarks(np.zeros((len(priors), 10), np.float32), priors)
    assert (landmarks == priors[:, None, :2]).all()
