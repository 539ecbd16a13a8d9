"""Pictures to faces with both networks, and how well the vectors tell people apart."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from config.models import load_manifest
from engine.vision.errors import UnusableLandmarks
from engine.vision.pipeline import FacePipeline
from engine.vision.types import Detection
from tests.engine.vision.dlib_reference import picture

LABELLED = Path(__file__).parents[4] / "shared" / "data" / "faces"


@pytest.fixture(scope="module")
def pipeline() -> FacePipeline:
    return FacePipeline.load(load_manifest(), threshold=0.8, max_side=1600, threads=1)


@pytest.fixture(scope="module")
def two_people() -> np.ndarray:
    """The astronaut left of the admiral: uint8 [512, 1024, 3]."""
    pictures = [picture("astronaut"), picture("hopper")]
    if any(pixels is None for pixels in pictures):
        pytest.skip("scikit-image and matplotlib, which carry the pictures, are not both installed")
    return np.concatenate([pixels[:512] for pixels in pictures], axis=1)


def test_every_face_is_described_best_score_first(pipeline: FacePipeline, two_people: np.ndarray) -> None:
    analysis = pipeline.analyse(two_people)
    assert len(analysis.faces) == 2
    assert analysis.passes
    scores = [face.detection.score for face in analysis.faces]
    assert scores == sorted(scores, reverse=True)
    for face in analysis.faces:
        x1, y1, x2, y2 = face.detection.box
        left, top, right, bottom = face.crop.box
        assert left <= x1 and top <= y1 and right >= x2 and bottom >= y2
        assert face.vector.shape == (128,)
        assert face.vector.dtype == np.float32
        assert face.quality.eye_distance > 30


def test_a_face_gets_the_vector_it_gets_in_a_picture_of_its_own(pipeline: FacePipeline, two_people: np.ndarray) -> None:
    by_side = sorted(pipeline.analyse(two_people).faces, key=lambda face: face.detection.box[0])
    for face, alone in zip(by_side, (two_people[:, :512], two_people[:, 512:]), strict=True):
        (single,) = pipeline.analyse(np.ascontiguousarray(alone)).faces
        assert np.linalg.norm(face.vector - single.vector) < 0.15
    assert np.linalg.norm(by_side[0].vector - by_side[1].vector) > 0.6


def test_a_face_marked_by_hand_is_described_like_a_found_one(pipeline: FacePipeline, two_people: np.ndarray) -> None:
    found = pipeline.analyse(two_people).faces[0]
    marked = Detection(found.detection.box, np.round(found.detection.landmarks), 1.0)
    (described,) = pipeline.describe(two_people, [marked])
    assert described.detection is marked
    assert np.linalg.norm(described.vector - found.vector) < 0.1


def test_marks_in_one_place_are_refused(pipeline: FacePipeline, two_people: np.ndarray) -> None:
    with pytest.raises(UnusableLandmarks):
        pipeline.describe(two_people, [Detection((0, 0, 50, 50), np.zeros((5, 2), np.float32), 1.0)])


def test_a_picture_without_faces_has_none_and_says_what_was_tried(pipeline: FacePipeline) -> None:
    analysis = pipeline.analyse(np.full((240, 320, 3), 90, np.uint8))
    assert analysis.faces == []
    assert len(analysis.passes) > 1


def test_the_identity_of_the_detector_names_weights_and_settings(pipeline: FacePipeline) -> None:
    entry = load_manifest().detector
    for part in (entry.name, entry.sha256, "threshold=0.8", "max_side=1600"):
        assert part in pipeline.detector_identity


@pytest.mark.slow
@pytest.mark.parametrize("source", ["lfw10", "orl"])
def test_the_nearest_face_is_the_same_person(pipeline: FacePipeline, source: str) -> None:
    if not (LABELLED / "identities.csv").exists():
        pytest.skip(f"the labelled pictures are not at {LABELLED}")
    with (LABELLED / "identities.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == source]
    vectors, people = [], []
    for row in rows:
        with Image.open(LABELLED / row["file"]) as image:
            faces = pipeline.analyse(np.asarray(image.convert("RGB"))).faces
        if faces:
            largest = max(faces, key=lambda face: face.quality.eye_distance)
            vectors.append(largest.vector)
            people.append(row["identity"])
    distances = np.linalg.norm(np.stack(vectors)[:, None] - np.stack(vectors), axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.array(people)[distances.argmin(axis=1)]
    # A picture in which no face was found counts as a miss.
    assert (nearest == people).sum() / len(rows) >= 0.99
