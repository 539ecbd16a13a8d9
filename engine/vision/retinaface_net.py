"""The layers of RetinaFace with a MobileNetV2 backbone, from a picture to the raw output of its heads.

RetinaFace: https://arxiv.org/abs/1905.00641, MobileNetV2: https://arxiv.org/abs/1801.04381. Layer names are those of
the frozen graph, which was made with TensorFlow.

The whole network runs on pictures turned by 180 degrees, with turned kernels. TensorFlow pads its stride-2 convolutions
at the bottom and the right only; turned, that is the top and the left, which is what PyTorch's symmetric padding comes
to at even sizes. So no map has to be copied to be padded. Only the heads' small maps are turned back.

Only small pictures go through together. More pixels at once fall out of the processor's cache and take longer than one
picture after the other.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.vision.convolution import Convolution, half_turned
from engine.vision.graphdef import Graph
from engine.vision.row_bands import BAND_BYTES, RowBands

ANCHORS_PER_CELL = 2
# Measured best on squares of 32 to 320 pixels, 1 to 32 at once.
PIXELS_AT_ONCE = 480 * 320
#: As many bytes or pixels as there may be: nothing is cut.
UNCUT = 2**62

# Name, stride, and whether the block adds its input to its output; block 1 is part of the backbone's entry.
_BLOCKS_TO_STRIDE_8 = [
    ("block_2", 1, True),
    ("block_3", 2, False),
    ("block_4", 1, True),
    ("block_5", 1, True),
]
_BLOCKS_TO_STRIDE_16 = [
    ("block_6", 2, False),
    ("block_7", 1, True),
    ("block_8", 1, True),
    ("block_9", 1, True),
    ("block_10", 1, False),
    ("block_11", 1, True),
    ("block_12", 1, True),
]
_BLOCKS_TO_STRIDE_32 = [("block_13", 2, False), ("block_14", 1, True), ("block_15", 1, True)]


@dataclass(frozen=True, slots=True)
class RawOutput:
    """What the heads say about each prior, in the order of `priors.make_priors`.

    boxes: float32 [N, P, 4] and landmarks: float32 [N, P, 10], encoded relative to the prior. scores: float32 [N, P],
    the probability of a face.
    """

    boxes: Tensor
    landmarks: Tensor
    scores: Tensor


class RetinaFaceNet(nn.Module):
    """The network of one frozen graph."""

    def __init__(self, graph: Graph, *, band_bytes: int = BAND_BYTES, pixels_at_once: int = PIXELS_AT_ONCE) -> None:
        """Set how the work is cut, which changes only how long it takes: RowBands' bands and `pictures_at_once`.

        UNCUT bands suit a graphics processor, whose memory takes whole maps faster than many small ones.
        """
        super().__init__()
        self._pixels_at_once = pixels_at_once
        self._backbone = Backbone(graph, band_bytes)
        self._pyramid = FeaturePyramid(graph)
        self._contexts = nn.ModuleList(ContextModule(graph, level) for level in range(3))
        self._heads = nn.ModuleList(Heads(graph, level) for level in range(3))

    def forward(self, turned: Tensor) -> RawOutput:
        """Look for faces in float32 [N, 3, H, W], RGB in -1..1, turned by 180 degrees, H and W multiples of 32."""
        at_once = self.pictures_at_once(*turned.shape[2:])
        outputs = [self._together(pictures) for pictures in torch.split(turned, at_once)]
        boxes, landmarks, scores = (torch.cat(parts) for parts in zip(*outputs, strict=True))
        return RawOutput(boxes, landmarks, scores)

    def pictures_at_once(self, height: int, width: int) -> int:
        """Return how many pictures of a size go through the network together."""
        return max(1, self._pixels_at_once // (height * width))

    def _together(self, turned: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        levels = self._pyramid(*self._backbone(turned))
        outputs = [
            heads(context(level)) for level, context, heads in zip(levels, self._contexts, self._heads, strict=True)
        ]
        boxes, landmarks, classes = (torch.cat(maps, dim=1) for maps in zip(*outputs, strict=True))
        # The softmax of two values is the sigmoid of their difference, which takes a tenth of the time.
        return boxes, landmarks, torch.sigmoid(classes[..., 1] - classes[..., 0])


class Backbone(nn.Module):
    """MobileNetV2 up to its block 15."""

    def __init__(self, graph: Graph, band_bytes: int) -> None:
        super().__init__()
        scope = "RetinaFaceModel/MobileNetV2_extrator"

        def blocks(rows: list[tuple[str, int, bool]]) -> list[RowBands]:
            return [
                RowBands(*_inverted_residual(graph, f"{scope}/{name}", stride), adds_input=adds, band_bytes=band_bytes)
                for name, stride, adds in rows
            ]

        # The widest maps of all lie between the picture and the end of block 1, so that they share their bands.
        entry = RowBands(
            half_turned(graph, f"{scope}/Conv1/Conv2D", stride=2, activation=_relu6),
            half_turned(graph, f"{scope}/expanded_conv_depthwise/depthwise", activation=_relu6),
            half_turned(graph, f"{scope}/expanded_conv_project/Conv2D"),
            *_inverted_residual(graph, f"{scope}/block_1", stride=2),
            band_bytes=band_bytes,
        )
        self._to_stride_8 = nn.Sequential(entry, *blocks(_BLOCKS_TO_STRIDE_8))
        self._to_stride_16 = nn.Sequential(*blocks(_BLOCKS_TO_STRIDE_16))
        self._to_stride_32 = nn.Sequential(*blocks(_BLOCKS_TO_STRIDE_32))

    def forward(self, turned: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the maps at strides 8, 16 and 32: [N, 32, H/8, W/8], [N, 96, H/16, W/16], [N, 160, H/32, W/32]."""
        stride_8 = self._to_stride_8(turned)
        stride_16 = self._to_stride_16(stride_8)
        return stride_8, stride_16, self._to_stride_32(stride_16)


def _inverted_residual(graph: Graph, scope: str, stride: int) -> list[Convolution]:
    """MobileNetV2's block: widen the channels, filter each in space, narrow them again."""
    return [
        half_turned(graph, f"{scope}_expand/Conv2D", activation=_relu6),
        half_turned(graph, f"{scope}_depthwise/depthwise", stride=stride, activation=_relu6),
        half_turned(graph, f"{scope}_project/Conv2D"),
    ]


class FeaturePyramid(nn.Module):
    """Brings the three levels to 64 channels and lets the coarser ones inform the finer."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        # The graph numbers its layers in the order they were called, not from fine to coarse.
        names = ["ConvBN", "ConvBN_1", "ConvBN_2", "ConvBN_3", "ConvBN_4"]
        layers = [half_turned(graph, f"RetinaFaceModel/FPN/{name}/conv/Conv2D", activation=_leaky) for name in names]
        self._lateral_8, self._lateral_16, self._lateral_32, self._merge_16, self._merge_8 = layers

    def forward(self, stride_8: Tensor, stride_16: Tensor, stride_32: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return three maps of 64 channels at strides 8, 16 and 32."""
        coarse = self._lateral_32(stride_32)
        middle = self._merge_16(self._lateral_16(stride_16).add_(_doubled(coarse)))
        fine = self._merge_8(self._lateral_8(stride_8).add_(_doubled(middle)))
        return fine, middle, coarse


class ContextModule(nn.Module):
    """SSH's context module: three views of growing size, side by side (https://arxiv.org/abs/1708.03979)."""

    def __init__(self, graph: Graph, level: int) -> None:
        super().__init__()
        scope = f"RetinaFaceModel/SSH_{level}"
        self._near = half_turned(graph, f"{scope}/ConvBN/conv/Conv2D")
        self._shared = half_turned(graph, f"{scope}/ConvBN_1/conv/Conv2D", activation=_leaky)
        self._middle = half_turned(graph, f"{scope}/ConvBN_2/conv/Conv2D")
        self._wider = half_turned(graph, f"{scope}/ConvBN_3/conv/Conv2D", activation=_leaky)
        self._wide = half_turned(graph, f"{scope}/ConvBN_4/conv/Conv2D")

    def forward(self, maps: Tensor) -> Tensor:
        """Map [N, 64, H, W] to the same shape."""
        shared = self._shared(maps)
        views = [self._near(maps), self._middle(shared), self._wide(self._wider(shared))]
        return torch.cat(views, dim=1).relu_()


class Heads(nn.Module):
    """The last layer of one level: box, landmarks and class of each prior."""

    def __init__(self, graph: Graph, level: int) -> None:
        super().__init__()
        # The graph numbers the heads' convolutions across all levels; the first has no number.
        self._box = half_turned(graph, f"RetinaFaceModel/BboxHead_{level}/{_numbered(level)}/Conv2D")
        self._landmark = half_turned(graph, f"RetinaFaceModel/LandmarkHead_{level}/{_numbered(level + 3)}/Conv2D")
        self._class = half_turned(graph, f"RetinaFaceModel/ClassHead_{level}/{_numbered(level + 6)}/Conv2D")

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map [N, 64, H, W] to [N, H * W * 2, 4], [N, H * W * 2, 10] and [N, H * W * 2, 2]."""
        return _per_prior(self._box(maps)), _per_prior(self._landmark(maps)), _per_prior(self._class(maps))


def _numbered(index: int) -> str:
    return f"conv2d_{index}" if index else "conv2d"


def _per_prior(turned: Tensor) -> Tensor:
    """Turn a head's map [N, 2 * k, H, W] back and list its cells row by row, two priors each: [N, H * W * 2, k]."""
    batch, channels, height, width = turned.shape
    cells = turned.flip((2, 3)).permute(0, 2, 3, 1)
    return cells.reshape(batch, height * width * ANCHORS_PER_CELL, channels // ANCHORS_PER_CELL)


def _doubled(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2, mode="nearest")


def _relu6(maps: Tensor) -> Tensor:
    return functional.relu6(maps, inplace=True)


def _leaky(maps: Tensor) -> Tensor:
    return functional.leaky_relu_(maps, 0.1)
