"""A convolution with everything that a frozen graph does around it: its folded normalisation and its activation."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.vision.errors import WeightsUnusable
from engine.vision.graphdef import Graph, float_attribute

Activation = Callable[[Tensor], Tensor]

# On one thread PyTorch's conv2d passes by oneDNN (https://github.com/uxlfoundation/oneDNN) for small kernels and writes
# the bias in a pass of its own. Calling oneDNN, as conv2d does on two threads, was measured to be faster for maps of so
# many cells or more; for smaller ones the time goes into bringing the kernel into oneDNN's order.
_ONEDNN_CELLS = 1024


class Convolution(nn.Module):
    """A convolution of odd kernel size with zero padding that keeps the size (at stride 1), bias and activation.

    kernel: float32 [out, in, height, width], [channels, 1, height, width] where depthwise. bias: float32 [out].
    The activation may work in place.
    """

    kernel: Tensor
    bias: Tensor

    def __init__(
        self,
        kernel: Tensor,
        bias: Tensor,
        *,
        depthwise: bool = False,
        stride: int = 1,
        activation: Activation | None = None,
    ) -> None:
        super().__init__()
        self.register_buffer("kernel", kernel.contiguous(memory_format=torch.channels_last))
        self.register_buffer("bias", bias)
        self.stride = stride
        self.padding = kernel.shape[-1] // 2
        self.groups = kernel.shape[0] if depthwise else 1
        self.activation = activation

    def forward(self, maps: Tensor) -> Tensor:
        """Map float32 [N, in, H, W] to [N, out, ceil(H / stride), ceil(W / stride)]."""
        padding, stride, dilation = [self.padding] * 2, [self.stride] * 2, [1, 1]
        batch, _, height, width = maps.shape
        if maps.device.type == "cpu" and batch * height * width >= _ONEDNN_CELLS and _has_onednn():
            result = torch.mkldnn_convolution(maps, self.kernel, self.bias, padding, stride, dilation, self.groups)
        else:
            result = functional.conv2d(maps, self.kernel, self.bias, stride, padding, dilation, self.groups)
        return result if self.activation is None else self.activation(result)


def half_turned(graph: Graph, name: str, *, stride: int = 1, activation: Activation | None = None) -> Convolution:
    """Build the convolution of a graph's node with its kernel turned by 180 degrees.

    Its bias, or the batch normalisation that follows it, is found along the graph's edges and folded in in float64.
    Raises WeightsUnusable when the node or what it needs is not there.
    """
    node = graph.node(name)
    depthwise = node.op == "DepthwiseConv2dNative"
    if not depthwise and node.op != "Conv2D":
        raise WeightsUnusable(f"the node {name!r} is {node.op}, not a convolution")
    kernel = graph.constant(node.inputs[1]).astype(np.float64)
    # TensorFlow stores height, width, in, out; depthwise height, width, channels, 1.
    kernel = kernel.transpose(2, 3, 0, 1) if depthwise else kernel.transpose(3, 2, 0, 1)
    factor, bias = _scale_and_shift(graph, name)
    kernel = (kernel * factor[:, None, None, None])[:, :, ::-1, ::-1]
    return Convolution(_tensor(kernel), _tensor(bias), depthwise=depthwise, stride=stride, activation=activation)


def _scale_and_shift(graph: Graph, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return per output channel what the node after a convolution multiplies by and then adds."""
    for reader in graph.readers(name):
        constants = [graph.constant(source).astype(np.float64) for source in reader.inputs[1:]]
        if reader.op == "BiasAdd":
            return np.ones_like(constants[0]), constants[0]
        if reader.op == "FusedBatchNormV3":
            scale, offset, mean, variance = constants
            factor = scale / np.sqrt(variance + float_attribute(reader, "epsilon"))
            return factor, offset - mean * factor
    raise WeightsUnusable(f"the convolution {name!r} is followed by neither a bias nor a normalisation")


def _has_onednn() -> bool:
    return bool(torch.backends.mkldnn.is_available())  # type: ignore[no-untyped-call] # PyTorch gives it no types.


def _tensor(values: NDArray[np.float64]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
