"""How fast faces are looked for: the detection network alone, on one thread, next to plain PyTorch."""

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from config.models import load_manifest
from engine.vision.graphdef import Graph
from engine.vision.retinaface_net import RetinaFaceNet
from engine.vision.weights import locate
from jobs.bench.parts import Conditions
from jobs.bench.plain_network import plain_network
from jobs.bench.rows import Row, cost, rate
from jobs.bench.timing import MULTIPLY_FLOP, least_cpu_times, multiply

_PART = "detection"
_PLAIN = "plain PyTorch"
_TRIAGE = "Triage"
_PEAK = "peak"
#: Asked of one picture of this size; larger ones and batches gain more, because plain PyTorch loses more there.
_ASKED_SIZE = (640, 480)
_ASKED_RATIO = 2.3
_ASKED_SHARE = 0.55


def measure(conditions: Conditions) -> Iterator[Row]:
    """Measure both networks on each size, in multiples of 32, with each batch; leaves PyTorch with one thread.

    Raises WeightsError where the network is not there.
    """
    torch.set_num_threads(1)
    graph = Graph.parse(locate(load_manifest().detector).read_bytes())
    networks = {_PLAIN: plain_network(graph), _TRIAGE: RetinaFaceNet(graph).eval()}
    for width, height in conditions.sizes:
        for batch in conditions.batches:
            yield from _measure(networks, width, height, batch, conditions.rounds)


def _measure(networks: dict[str, RetinaFaceNet], width: int, height: int, batch: int, rounds: int) -> Iterator[Row]:
    # Each network gets the pictures in the order of memory that is its own: plain by channel, Triage's by pixel.
    pictures = torch.rand(batch, 3, height, width).mul_(2).sub_(1)
    inputs = {_PLAIN: pictures, _TRIAGE: pictures.contiguous(memory_format=torch.channels_last)}
    with torch.inference_mode():
        runs = {name: partial(network, inputs[name]) for name, network in networks.items()}
        times = least_cpu_times({**runs, _PEAK: multiply()}, rounds)
    flop = _flop(networks[_PLAIN], pictures[:1]) * batch
    what = f"{width} x {height}, {batch} at once"
    asked = _ASKED_RATIO if (width, height) == _ASKED_SIZE and batch == 1 else None
    plain, triage = (times[name] / batch * 1000 for name in (_PLAIN, _TRIAGE))
    yield cost(_PART, what, triage, "ms per picture", (_PLAIN, plain), at_least=asked)
    speeds = [flop / times[_TRIAGE] / 1e9, MULTIPLY_FLOP / times[_PEAK] / 1e9]
    share = _ASKED_SHARE if width * height >= _ASKED_SIZE[0] * _ASKED_SIZE[1] else None
    yield rate(_PART, what, speeds[0], "GFLOP/s", ("product of matrices", speeds[1]), at_least=share)


def _flop(network: RetinaFaceNet, picture: Tensor) -> int:
    """Count the floating-point operations of a network's convolutions for one picture."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(picture)
    return int(counter.get_total_flops())
