"""Peers see the same pictures as Triage, and whom they know again is counted the same way for all."""

import numpy as np
import pytest
import torch

from config.models import load_manifest
from engine.vision.embedder import DlibEmbedder
from jobs.bench.peer_speed import rank_one
from jobs.bench.peers import dlib_hog, mtcnn
from jobs.bench.peers.peer import NotInstalled
from jobs.sample_pictures import astronaut, hopper


def test_a_picture_without_a_face_is_a_miss_and_people_with_one_picture_are_only_others() -> None:
    vectors = [np.array([0.0]), np.array([0.1]), None, np.array([0.25]), np.array([9.0])]
    people = ["anna", "anna", "bo", "bo", "carla"]
    # Both of anna's find each other; bo has a miss, and his other picture is nearest to anna's.
    assert rank_one(vectors, people) == (2, 4)


def test_dlib_knows_one_person_from_another() -> None:
    try:
        peer = dlib_hog.load()
    except NotInstalled as error:
        pytest.skip(f"{error.message} {error.hint}")
    eileen, grace = (peer.look(np.asarray(picture)) for picture in (astronaut(), hopper()))
    again = peer.look(np.ascontiguousarray(np.asarray(astronaut())[:, ::-1]))
    assert eileen.faces >= 1 and grace.faces == 1
    assert np.linalg.norm(eileen.vector - again.vector) < 0.5 < np.linalg.norm(eileen.vector - grace.vector)


def test_mtcnn_finds_what_triage_embeds() -> None:
    try:
        peer = mtcnn.load(DlibEmbedder.load(load_manifest().embedder))
    except NotInstalled as error:
        pytest.skip(f"{error.message} {error.hint}")
    seen = peer.look(np.asarray(astronaut()))
    assert seen.faces == 1 and seen.vector.shape == (128,)
    assert peer.look(np.zeros((64, 64, 3), np.uint8)).vector is None


def test_boxes_of_other_classes_are_not_suppressed() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [0, 0, 10, 10]])
    scores = torch.tensor([0.9, 0.8, 0.95])
    assert mtcnn.suppress_per_class(boxes, scores, torch.tensor([0, 0, 1]), 0.5).tolist() == [2, 0]
    assert mtcnn.suppress_per_class(boxes[:0], scores[:0], torch.tensor([]), 0.5).tolist() == []
