"""What the embedder is measured against says the same as it does."""

import numpy as np
import torch

from config.models import load_manifest
from engine.vision.dlib_resnet import BATCH, DlibResNet
from engine.vision.weights import locate
from jobs.bench.embedder import measure, plain_embedder
from tests.jobs.bench.conditions import conditions


def test_the_plain_network_gives_the_same_vectors() -> None:
    path = locate(load_manifest().embedder)
    chips = np.random.default_rng(1).integers(0, 256, (3, 150, 150, 3), np.uint8)
    with torch.inference_mode():
        plain = plain_embedder(DlibResNet.load(path))(torch.from_numpy(chips).permute(0, 3, 1, 2).float().contiguous())
    np.testing.assert_allclose(DlibResNet.load(path).embed(chips), plain.numpy(), atol=1e-5, rtol=0)


def test_the_batch_of_the_product_is_held_against_what_is_asked() -> None:
    rows = list(measure(conditions()))
    assert [row.asked is not None for row in rows] == [row.what == f"{BATCH} at once" for row in rows]
    for row in rows:
        assert row.ratio == row.beside_figure / row.figure
