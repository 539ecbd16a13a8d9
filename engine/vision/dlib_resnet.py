"""dlib's face recognition network in native torch, built from the weights file that dlib itself saved.

29 convolutions in 14 residual blocks and one linear layer; the affine layers are folded into the convolutions. The
architecture is dlib's (examples/dnn_face_recognition_ex.cpp, anet_type).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from config.groups import Device
from engine.vision import dlib_format as saved
from engine.vision.device import choose
from engine.vision.errors import WeightsUnusable
from engine.vision.templates import DLIB_CHIP

BATCH = 16
"""Chips per run of the network: larger batches are no faster on one core."""

PIXEL_SCALE = 256.0
"""dlib divides pixels by 256, not 255 (dnn/input.h, input_rgb_image_sized)."""

STEM_POOL = saved.Pool("max", window=(3, 3), stride=(2, 2), padding=(0, 0))
SHORTCUT_POOL = saved.Pool("avg", window=(2, 2), stride=(2, 2), padding=(0, 0))
GLOBAL_POOL = saved.Pool("avg", window=(0, 0), stride=(1, 1), padding=(0, 0))

Kind = TypeVar("Kind")


class DlibResNet(nn.Module):
    """150 x 150 chips to vectors of 128 numbers, which compare by Euclidean distance and are not normalised."""

    means: Tensor
    weights: Tensor

    def __init__(self, network: saved.Network) -> None:
        """Build the network. Raises WeightsUnusable where the saved layers are not those of dlib's face network."""
        super().__init__()
        if network.input.height != DLIB_CHIP.size or network.input.width != DLIB_CHIP.size:
            raise WeightsUnusable(
                f"the network takes {network.input.width} x {network.input.height} pixels, not 150 x 150"
            )
        layers = _Layers(network.layers)
        self.register_buffer("means", torch.tensor(network.input.means).view(1, 3, 1, 1))
        self.size = DLIB_CHIP.size
        self.stem = layers.convolution()
        layers.relu()
        layers.pool(STEM_POOL)
        self.blocks = nn.ModuleList()
        while layers.at(saved.Mark):
            self.blocks.append(layers.block())
        layers.pool(GLOBAL_POOL)
        weights = layers.take(saved.FullyConnected).weights
        layers.end()
        self.dimension = weights.shape[1]
        self.register_buffer("weights", torch.from_numpy(weights.T.copy()))
        self._check_shapes()

    @classmethod
    def load(cls, path: Path, threads: int = 1, device: Device = "cpu") -> Self:
        """Read the weights file. Torch then computes with this many threads, in the whole process.

        Raises WeightsUnusable where the file does not hold the network, and DeviceMissing.
        """
        chosen = choose(device)
        torch.set_num_threads(threads)
        network = cls(saved.read_network(path.read_bytes()))
        network.requires_grad_(False)
        return network.to(chosen)

    def forward(self, pictures: Tensor) -> Tensor:
        """float32 [N, 3, 150, 150], RGB from 0 to 255, to float32 [N, 128]."""
        x = functional.relu(self.stem((pictures - self.means) / PIXEL_SCALE))
        x = functional.max_pool2d(x, STEM_POOL.window, STEM_POOL.stride)
        for block in self.blocks:
            x = block(x)
        return functional.linear(x.mean(dim=(2, 3)), self.weights)

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [N, 150, 150, 3] RGB to float32 [N, 128]; N may be 0. Raises ValueError for another shape or type."""
        if chips.ndim != 4 or chips.shape[1:] != (self.size, self.size, 3) or chips.dtype != np.uint8:
            raise ValueError(f"chips are uint8 [N, {self.size}, {self.size}, 3], not {chips.dtype} {list(chips.shape)}")
        vectors = np.empty((len(chips), self.dimension), dtype=np.float32)
        with torch.inference_mode():
            for start in range(0, len(chips), BATCH):
                batch = torch.from_numpy(np.ascontiguousarray(chips[start : start + BATCH])).to(self.means.device)
                # Rows of RGB pixels seen as channels are torch's "channels last", its fastest layout on a processor.
                vectors[start : start + BATCH] = self(batch.permute(0, 3, 1, 2).float()).cpu().numpy()
        return vectors

    def _check_shapes(self) -> None:
        """Run one black picture, so that filters that do not fit each other are found when the file is loaded."""
        try:
            with torch.inference_mode():
                self(torch.zeros(1, 3, self.size, self.size))
        except RuntimeError as error:
            raise WeightsUnusable(f"the layers of the network do not fit each other: {error}") from error


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut; where it halves the picture, the shortcut is average-pooled."""

    def __init__(self, first: nn.Conv2d, second: nn.Conv2d, *, halves: bool) -> None:
        super().__init__()
        self.first = first
        self.second = second
        self.halves = halves

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, C or more, H or half, W or half]."""
        changed = self.second(functional.relu(self.first(x)))
        shortcut = functional.avg_pool2d(x, SHORTCUT_POOL.window, SHORTCUT_POOL.stride) if self.halves else x
        return functional.relu(_add(changed, shortcut))


def _add(a: Tensor, b: Tensor) -> Tensor:
    """Add as dlib does: what one has less of, in channels, rows or columns, counts as zero at the end."""
    if a.shape == b.shape:
        return a + b
    sides = [max(pair) for pair in zip(a.shape[1:], b.shape[1:], strict=True)]

    def grown(x: Tensor) -> Tensor:
        channels, rows, columns = (want - have for want, have in zip(sides, x.shape[1:], strict=True))
        return functional.pad(x, (0, columns, 0, rows, 0, channels))

    return grown(a) + grown(b)


class _Layers:
    """Hands out the saved layers in order, and refuses any that the architecture does not expect."""

    def __init__(self, layers: tuple[saved.Layer, ...]) -> None:
        self._layers: Iterator[saved.Layer] = iter(layers)
        self._next = next(self._layers, None)

    def at(self, kind: type) -> bool:
        """Whether the next layer is of this kind."""
        return isinstance(self._next, kind)

    def take(self, kind: type[Kind]) -> Kind:
        """The next layer, which must be of this kind."""
        layer = self._next
        if not isinstance(layer, kind):
            found = type(layer).__name__ if layer else "its end"
            raise WeightsUnusable(f"the network has {found} where {kind.__name__} belongs")
        self._next = next(self._layers, None)
        return layer

    def relu(self) -> None:
        """Pass a relu."""
        self.take(saved.Relu)

    def pool(self, expected: saved.Pool) -> None:
        """Pass a pooling of this very shape."""
        if self.take(saved.Pool) != expected:
            raise WeightsUnusable(f"a pooling of the network is not the expected {expected}")

    def end(self) -> None:
        """Refuse further layers."""
        if self._next is not None:
            raise WeightsUnusable(f"a {type(self._next).__name__} follows the end of the network")

    def block(self) -> ResidualBlock:
        """A residual block; one that halves the picture takes its kept input up again and pools it."""
        self.take(saved.Mark)
        first = self.convolution()
        self.relu()
        second = self.convolution()
        halves = self.at(saved.Mark)
        if halves:
            self.take(saved.Mark)
            self.take(saved.Mark)
            self.pool(SHORTCUT_POOL)
        self.take(saved.AddPrevious)
        self.relu()
        return ResidualBlock(first, second, halves=halves)

    def convolution(self) -> nn.Conv2d:
        """A convolution with the affine layer behind it folded in, computed in float64."""
        saved_one, affine = self.take(saved.Convolution), self.take(saved.Affine)
        outputs, inputs, rows, columns = saved_one.filters.shape
        if len(affine.scale) != outputs:
            raise WeightsUnusable(f"an affine layer has {len(affine.scale)} channels where {outputs} belong")
        scale = affine.scale.astype(np.float64)
        filters = saved_one.filters * scale[:, None, None, None]
        bias = saved_one.bias * scale + affine.shift
        layer = nn.Conv2d(inputs, outputs, (rows, columns), saved_one.stride, saved_one.padding)
        weight = torch.from_numpy(filters.astype(np.float32))
        layer.weight = nn.Parameter(weight.contiguous(memory_format=torch.channels_last))
        layer.bias = nn.Parameter(torch.from_numpy(bias.astype(np.float32)))
        return layer
