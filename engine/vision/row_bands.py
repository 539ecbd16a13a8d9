"""Runs convolutions band by band: a few rows go through all of them before the next rows follow.

MobileNetV2 widens its maps six times between two narrow ones. Done layer by layer, the wide maps of a picture go to
memory and back; done in bands, they stay in the processor's cache, and large pictures need no more memory for them than
small ones. The idea is that of fused-layer accelerators (Alwani et al., https://doi.org/10.1109/MICRO.2016.7783725) and
of patch-based inference on small devices (MCUNetV2, https://arxiv.org/abs/2110.15352). Rows at the edge of a band that
a kernel needs are computed again by the next band.
"""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, nn

from engine.vision.convolution import Convolution

# Measured best of 1, 2, 4 and 8 MiB on pictures of 0.3, 1.2 and 4.9 million pixels: smaller bands compute too many rows
# twice, larger ones leave the cache.
BAND_BYTES = 4 * 2**20
_FLOAT_BYTES = 4


class RowBands(nn.Module):
    """Convolutions, one after the other, and where asked the addition of their input to what they make of it.

    The result is that of running them on whole maps, up to rounding.
    """

    def __init__(self, *layers: Convolution, adds_input: bool = False, band_bytes: int = BAND_BYTES) -> None:
        """Set what the widest map of a band may take, in bytes; no band has less than one row of the result."""
        super().__init__()
        self._layers = nn.ModuleList(layers)
        self._stride = prod(layer.stride for layer in layers)
        self._adds_input = adds_input
        self._band_bytes = band_bytes

    def forward(self, maps: Tensor) -> Tensor:
        """Map float32 [N, in, H, W] to [N, out, H / stride, W / stride]; H and W are multiples of all strides.

        Fast for one picture, whose rows lie together in memory (channels last).
        """
        layers = [layer for layer in self._layers if isinstance(layer, Convolution)]
        height = maps.shape[2] // self._stride
        rows = min(height, max(1, self._band_bytes // self._bytes_of_a_row(layers, maps)))
        bands = [_band(layers, maps, first, first + rows) for first in range(0, height, rows)]
        result = torch.cat(bands, dim=2) if len(bands) > 1 else bands[0]
        return result.add_(maps) if self._adds_input else result

    def _bytes_of_a_row(self, layers: Sequence[Convolution], maps: Tensor) -> int:
        """Return what the widest map takes, in bytes, for one row of the result."""
        widest, stride = 0, 1
        for layer in layers:
            stride *= layer.stride
            values = maps.shape[0] * layer.bias.numel() * (maps.shape[3] // stride) * (self._stride // stride)
            widest = max(widest, values * _FLOAT_BYTES)
        return widest


def _band(layers: Sequence[Convolution], maps: Tensor, first: int, last: int) -> Tensor:
    """Return the rows first to last (exclusive) of what the layers make of the maps, or as many of them as there are.

    A layer pads what it is given with zeros. That is right at the picture's own edges; anywhere else it spoils rows
    outside those asked for, and they are cut off.
    """
    if not layers:
        return maps[:, :, first:last]
    *before, layer = layers
    # The layer must start at a row that its stride leads to.
    start = max(0, first * layer.stride - layer.padding) // layer.stride * layer.stride
    stop = (last - 1) * layer.stride + layer.padding + 1
    result: Tensor = layer(_band(before, maps, start, stop))
    spoiled = first - start // layer.stride
    return result[:, :, spoiled : spoiled + last - first]
