"""How fast faces become vectors: the embedder alone, on one thread, next to plain PyTorch one face at a time."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from torch import nn

from config.models import load_manifest
from engine.vision.dlib_resnet import BATCH, DlibResNet
from engine.vision.weights import locate
from jobs.bench.parts import Conditions
from jobs.bench.rows import Row, cost
from jobs.bench.timing import least_cpu_times

_PART = "embedder"
_PLAIN = "plain PyTorch, 1 at once"
_BATCHES = (1, 4, BATCH)
_ASKED_RATIO = 2.0


def measure(conditions: Conditions) -> Iterator[Row]:
    """Measure some batches, up to the one that the product uses; leaves PyTorch with one thread.

    Raises WeightsError where the network is not there.
    """
    path = locate(load_manifest().embedder)
    network, plain = DlibResNet.load(path), plain_embedder(DlibResNet.load(path))
    chips = np.random.default_rng(0).integers(0, 256, (BATCH, network.size, network.size, 3), np.uint8)
    one = torch.from_numpy(chips[:1]).permute(0, 3, 1, 2).float().contiguous()
    runs = {str(batch): partial(network.embed, chips[:batch]) for batch in _BATCHES}
    with torch.inference_mode():
        times = least_cpu_times({**runs, _PLAIN: partial(plain, one)}, conditions.rounds)
    for batch in _BATCHES:
        ms = times[str(batch)] / batch * 1000
        asked = _ASKED_RATIO if batch == BATCH else None
        yield cost(_PART, f"{batch} at once", ms, "ms per face", (_PLAIN, times[_PLAIN] * 1000), at_least=asked)


def plain_embedder(network: DlibResNet) -> DlibResNet:
    """The network as one would write it in PyTorch without a thought for speed: kernels channel by channel (NCHW)."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            module.weight = nn.Parameter(module.weight.detach().contiguous(), requires_grad=False)
    return network
