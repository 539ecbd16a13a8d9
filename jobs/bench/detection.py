"""How fast faces are looked for: the detection network alone, on one thread, next to plain PyTorch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from engine.vision.graphdef import Graph
from engine.vision.retinaface_net import RetinaFaceNet
from jobs.bench.plain_network import plain_network
from jobs.bench.timing import MULTIPLY_FLOP, least_cpu_times, multiply

PLAIN = "plain PyTorch"
TRIAGE = "Triage"
_PEAK = "peak"


@dataclass(frozen=True, slots=True)
class DetectionRow:
    """What one network costs on pictures of one size.

    width, height: of the pictures, in pixels. batch: pictures handed over at once. cpu_ms: processor time of a picture.
    ratio_to_plain: how many times faster than plain PyTorch. share_of_peak: of the floating-point operations per second
    that the machine reached when it multiplied matrices in the same run; what is computed twice counts once.
    """

    name: str
    width: int
    height: int
    batch: int
    cpu_ms: float
    ratio_to_plain: float
    share_of_peak: float


def measure_detection(
    weights: Path, sizes: Sequence[tuple[int, int]], batches: Sequence[int], rounds: int
) -> list[DetectionRow]:
    """Measure both networks on each size, width and height in multiples of 32, with each batch.

    Leaves PyTorch with one thread. Raises WeightsUnusable when the file holds another network.
    """
    torch.set_num_threads(1)
    graph = Graph.parse(weights.read_bytes())
    networks = {PLAIN: plain_network(graph), TRIAGE: RetinaFaceNet(graph).eval()}
    return [
        row for width, height in sizes for batch in batches for row in _measure(networks, width, height, batch, rounds)
    ]


def _measure(
    networks: dict[str, RetinaFaceNet], width: int, height: int, batch: int, rounds: int
) -> list[DetectionRow]:
    # Each network gets the pictures in the order of memory that is its own: plain by channel, Triage's by pixel.
    pictures = torch.rand(batch, 3, height, width).mul_(2).sub_(1)
    inputs = {PLAIN: pictures, TRIAGE: pictures.contiguous(memory_format=torch.channels_last)}
    with torch.inference_mode():
        runs = {name: partial(network, inputs[name]) for name, network in networks.items()}
        times = least_cpu_times({**runs, _PEAK: multiply()}, rounds)
    flop = _flop(networks[PLAIN], pictures[:1]) * batch
    peak = MULTIPLY_FLOP / times[_PEAK]
    return [
        DetectionRow(
            name=name,
            width=width,
            height=height,
            batch=batch,
            cpu_ms=times[name] / batch * 1000,
            ratio_to_plain=times[PLAIN] / times[name],
            share_of_peak=flop / times[name] / peak,
        )
        for name in networks
    ]


def _flop(network: RetinaFaceNet, picture: Tensor) -> int:
    """Count the floating-point operations of a network's convolutions for one picture."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(picture)
    return int(counter.get_total_flops())
