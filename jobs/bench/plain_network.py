"""RetinaFace as one would write it in PyTorch without a thought for speed: what the detector is measured against.

It has the same weights, normalisations folded in, and the same results. It is what plain PyTorch makes of them: every
layer on the whole batch, maps channel by channel (NCHW), and a padded copy of the map before each stride-2 convolution.
"""

import torch.nn.functional as functional
from torch import Tensor

from engine.vision.convolution import Convolution
from engine.vision.graphdef import Graph
from engine.vision.retinaface_net import UNCUT, RetinaFaceNet


class PlainConvolution(Convolution):
    """A convolution by PyTorch's conv2d on contiguous maps."""

    def __init__(self, other: Convolution) -> None:
        super().__init__(
            other.kernel, other.bias, depthwise=other.groups > 1, stride=other.stride, activation=other.activation
        )
        self.kernel = self.kernel.contiguous()

    def forward(self, maps: Tensor) -> Tensor:
        """Map float32 [N, in, H, W] to [N, out, H / stride, W / stride]."""
        padding = self.padding
        if self.stride == 2:
            # The network sees pictures turned by 180 degrees: what TensorFlow pads at the bottom and the right is here.
            maps, padding = functional.pad(maps, (1, 0, 1, 0)), 0
        result = functional.conv2d(maps, self.kernel, self.bias, self.stride, padding, groups=self.groups)
        return result if self.activation is None else self.activation(result)


def plain_network(graph: Graph) -> RetinaFaceNet:
    """Build the network of a frozen graph from plain convolutions that are not cut into bands or pictures."""
    network = RetinaFaceNet(graph, band_bytes=UNCUT, pixels_at_once=UNCUT).eval()
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, Convolution):
                setattr(module, name, PlainConvolution(child))
    return network
