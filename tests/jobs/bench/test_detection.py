"""The benchmark's figures mean what they say, and the two networks it compares say the same."""

from pathlib import Path

import pytest
import torch

from config.models import load_manifest
from engine.vision.graphdef import Graph
from engine.vision.retinaface_net import RetinaFaceNet
from engine.vision.weights import locate
from jobs.bench.detection import PLAIN, TRIAGE, measure_detection
from jobs.bench.plain_network import plain_network


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


def test_each_network_has_a_row_for_each_size_and_batch(weights: Path) -> None:
    rows = measure_detection(weights, [(64, 96)], [1, 2], rounds=2)
    assert [(row.name, row.width, row.height, row.batch) for row in rows] == [
        (name, 64, 96, batch) for batch in (1, 2) for name in (PLAIN, TRIAGE)
    ]
    for row in rows:
        [plain] = [other for other in rows if (other.name, other.batch) == (PLAIN, row.batch)]
        assert row.ratio_to_plain == pytest.approx(plain.cpu_ms / row.cpu_ms)
        # The convolutions' operations, all rows counted once, are in proportion to the pixels: 4.084e9 for 640 x 480.
        assert row.share_of_peak / plain.share_of_peak == pytest.approx(row.ratio_to_plain)
        assert 0 < row.share_of_peak < 1
