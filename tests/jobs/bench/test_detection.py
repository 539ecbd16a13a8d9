"""The benchmark's figures mean what they say, and the two networks it compares say the same."""

from pathlib import Path

import pytest
import torch

from config.models import load_manifest
from engine.vision.graphdef import Graph
from engine.vision.retinaface_net import RetinaFaceNet
from engine.vision.weights import locate
from jobs.bench.detection import measure
from jobs.bench.plain_network import plain_network
from tests.jobs.bench.conditions import conditions


@pytest.fixture(scope="module")
def weights() -> Path:
    return locate(load_manifest().detector)


@pytest.fixture(scope="module")
def networks(weights: Path) -> tuple[RetinaFaceNet, RetinaFaceNet]:
    graph = Graph.parse(weights.read_bytes())
    return RetinaFaceNet(graph).eval(), plain_network(graph)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize(
    ("width", "height"), [(32, 32), (96, 32), (224, 224), (1120, 96), (96, 1120), (672, 416), (992, 544)]
)
def test_bands_and_onednn_give_what_plain_pytorch_gives(
    networks: tuple[RetinaFaceNet, RetinaFaceNet], width: int, height: int, batch: int
) -> None:
    fast, plain = networks
    pictures = torch.rand(batch, 3, height, width) * 2 - 1
    with torch.inference_mode():
        ours = fast(pictures.contiguous(memory_format=torch.channels_last))
        theirs = plain(pictures)
    for name in ("boxes", "landmarks", "scores"):
        torch.testing.assert_close(getattr(ours, name), getattr(theirs, name), atol=1e-4, rtol=0)


def test_each_size_and_batch_is_measured_beside_plain_pytorch_and_the_peak() -> None:
    rows = list(measure(conditions(sizes=((64, 96),), batches=(1, 2), rounds=2)))
    assert [(row.what, row.beside) for row in rows] == [
        (f"64 x 96, {batch} at once", beside) for batch in (1, 2) for beside in ("plain PyTorch", "product of matrices")
    ]
    for cost, speed in zip(rows[::2], rows[1::2], strict=True):
        assert cost.ratio == pytest.approx(cost.beside_figure / cost.figure)
        # The convolutions' operations, all rows counted once, are in proportion to the pixels: 4.084e9 for 640 x 480.
        assert speed.figure * cost.figure / 1000 == pytest.approx(4.084 * (64 * 96) / (640 * 480), rel=1e-2)
        assert 0 < speed.ratio < 1
