"""Imported embedders run as declared, give the same for the same, and what is no embedder is refused."""

import hashlib

import numpy as np
import pytest

from engine.vision.align import similarity, warp
from engine.vision.embedder import Embedder
from engine.vision.errors import UnusableLandmarks, WeightsUnusable
from engine.vision.onnx_embedder import OnnxEmbedder
from engine.vision.templates import ARCFACE_CHIP, DLIB_CHIP, template_for
from tests.engine.vision.onnx_models import (
    DIMENSION,
    FLOAT,
    FLOAT16,
    SIZE,
    declared,
    graph,
    integers,
    mean_colour,
    model,
    node,
    projection,
    value,
)

PICTURES = (("batch", 3, SIZE, SIZE), ("batch", DIMENSION))


def chips(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (number, SIZE, SIZE, 3), dtype=np.uint8)


def passing_on(taken: tuple[int | str, ...], given: tuple[int | str, ...], kind: int = FLOAT) -> bytes:
    """A model that flattens what it takes."""
    return model(graph(node("Flatten", "x", "y"), taken=value(11, "x", taken, kind), given=value(12, "y", given, kind)))


def test_it_is_what_its_file_and_its_declaration_say() -> None:
    embedder: Embedder = OnnxEmbedder.read(projection(), declared())
    assert (embedder.name, embedder.dimension, embedder.metric) == ("small", DIMENSION, "cosine")
    assert embedder.identity.weights_sha256 == hashlib.sha256(projection()).hexdigest()
    assert embedder.identity.alignment == "retinaface5-arcface32-v1"


@pytest.mark.parametrize(
    "change", [{"colour": "BGR"}, {"mean": 127.0}, {"scale": [0.01, 0.01, 0.02]}, {"alignment": "dlib"}]
)
def test_what_shapes_the_vectors_is_part_of_its_identity(change: dict[str, object]) -> None:
    assert OnnxEmbedder.read(projection(), declared(**change)).identity != (
        OnnxEmbedder.read(projection(), declared()).identity
    )


def test_pixels_enter_in_the_declared_order_less_the_mean_times_the_scale() -> None:
    chip = np.empty((1, SIZE, SIZE, 3), np.uint8)
    chip[...] = (200, 100, 50)
    mean, scale = (10, 20, 30), (0.01, 0.02, 0.03)
    rgb = OnnxEmbedder.read(mean_colour(), declared(mean=mean, scale=scale)).embed(chip)
    np.testing.assert_allclose(rgb, [[1.9, 1.6, 0.6]], rtol=1e-5)
    bgr = OnnxEmbedder.read(mean_colour(), declared(mean=mean, scale=scale, colour="BGR")).embed(chip)
    np.testing.assert_allclose(bgr, [[0.4, 1.6, 5.1]], rtol=1e-5)


@pytest.mark.parametrize("batch", [1, 4, "batch"])
def test_any_number_of_chips_is_embedded_whatever_the_batch_of_the_network(batch: int | str) -> None:
    embedder = OnnxEmbedder.read(projection(batch=batch), declared())
    many = chips(37)
    vectors = embedder.embed(many)
    assert vectors.shape == (37, DIMENSION)
    assert vectors.dtype == np.float32
    assert embedder.embed(many[:0]).shape == (0, DIMENSION)
    for first, last in ((0, 1), (5, 7), (30, 37)):
        np.testing.assert_allclose(embedder.embed(many[first:last]), vectors[first:last], rtol=1e-5, atol=1e-4)


def test_the_same_chips_give_the_very_same_vectors() -> None:
    first, second = (OnnxEmbedder.read(projection(), declared(), threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(first.embed(chips(20)), first.embed(chips(20)))
    np.testing.assert_allclose(first.embed(chips(20)), second.embed(chips(20)), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("wrong", [np.zeros((1, SIZE, SIZE, 4), np.uint8), np.zeros((1, SIZE, SIZE, 3), np.float32)])
def test_other_chips_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="chips are uint8"):
        OnnxEmbedder.read(projection(), declared()).embed(wrong)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no model", "not an ONNX model"),
        (model(graph(node("NoSuchThing", "x", "y"))), "cannot open"),
        (passing_on(("batch", SIZE, SIZE, 3), ("batch", "d")), r"takes tensor\(float\) \['batch', 32, 32, 3\]"),
        (passing_on(("batch", 3, 64, 64), ("batch", "d")), "declared are float pictures"),
        (passing_on(("batch", 3, SIZE, SIZE), ("batch", "d"), FLOAT16), r"takes tensor\(float16\)"),
        (
            model(
                graph(
                    node("ReduceMean", "x", "mean", integers("axes", 1, 2, 3)),
                    node("Flatten", "mean", "y"),
                    taken=value(11, "x", PICTURES[0]),
                    given=value(12, "y", ("batch", 1)),
                )
            ),
            "vectors of 1 numbers",
        ),
        (
            model(graph(node("Relu", "x", "y"), taken=value(11, "x", ("b", 3, 32, 32)), given=value(12, "y", ()))),
            "gives",
        ),
        (
            model(
                graph(
                    node("Add", "x x2", "y"),
                    taken=value(11, "x", PICTURES[0]) + value(11, "x2", PICTURES[0]),
                    given=value(12, "y", PICTURES[0]),
                )
            ),
            "2 inputs and 1 outputs",
        ),
    ],
    ids=[
        "no model",
        "unknown operator",
        "channels last",
        "other size",
        "half",
        "one number",
        "not flat",
        "two inputs",
    ],
)
def test_what_is_no_embedder_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(WeightsUnusable, match=reason):
        OnnxEmbedder.read(data, declared())


@pytest.mark.parametrize(("alignment", "known"), [("arcface", ARCFACE_CHIP), ("dlib", DLIB_CHIP)])
def test_templates_grow_with_the_chip_and_change_their_name(alignment: str, known) -> None:
    assert template_for(alignment, known.size) is known
    double = template_for(alignment, 2 * known.size)
    assert double.name != known.name
    np.testing.assert_allclose(double.points, np.multiply(known.points, 2))


def test_a_face_is_aligned_to_the_declared_template() -> None:
    embedder = OnnxEmbedder.read(projection(), declared())
    picture = np.random.default_rng(0).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    landmarks = np.array([(30, 30), (50, 31), (40, 42), (33, 52), (48, 53)], np.float32)
    expected = warp(picture, similarity(landmarks, template_for("arcface", SIZE).points), SIZE)
    np.testing.assert_array_equal(embedder.align(picture, landmarks), expected)
    with pytest.raises(UnusableLandmarks):
        embedder.align(picture, np.zeros((5, 2), np.float32))
