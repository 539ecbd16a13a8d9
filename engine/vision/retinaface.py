"""RetinaFace: finds faces and their five landmarks in pictures, by the network alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from config.groups import Device
from engine.vision.device import choose
from engine.vision.errors import WeightsMissing
from engine.vision.graphdef import Graph
from engine.vision.nms import suppress
from engine.vision.priors import decode_boxes, decode_landmarks, make_priors
from engine.vision.retinaface_net import UNCUT, RawOutput, RetinaFaceNet
from engine.vision.types import Detection, Pixels

# The coarsest level's stride: the network takes only sides that are multiples of it.
_STRIDE = 32
_CPU = torch.device("cpu")
# The overlap that the frozen graph's own suppression allows.
_OVERLAP = 0.4
# Pixels of a batch on a graphics processor: 32 pictures of 1024 x 1024, whose widest maps take 3 GB.
_CUDA_PIXELS = 32 * 2**20


class RetinaFace:
    """The network with what comes before and after it; made by `load`."""

    def __init__(self, net: RetinaFaceNet, device: torch.device = _CPU) -> None:
        """Move the network to the device that it is to compute on."""
        self._net = net.eval().to(device)
        self._device = device

    @classmethod
    def load(cls, path: Path, threads: int, device: Device = "cpu") -> "RetinaFace":
        """Read a frozen graph, and let PyTorch use this many threads in the whole process.

        Raises WeightsMissing when the file cannot be read, WeightsUnusable when it holds another network, and
        DeviceMissing.
        """
        chosen = choose(device)
        torch.set_num_threads(threads)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise WeightsMissing(f"{path} cannot be read: {error.strerror}") from error
        graph = Graph.parse(data)
        if chosen.type == "cpu":
            return cls(RetinaFaceNet(graph), chosen)
        return cls(RetinaFaceNet(graph, band_bytes=UNCUT, pixels_at_once=_CUDA_PIXELS), chosen)

    def detect_batch(self, images: Sequence[Pixels], threshold: float = 0.5) -> list[list[Detection]]:
        """Find the faces of each picture, best first.

        images: uint8 [H, W, 3], RGB, of any sizes. threshold: the probability that a face must exceed; 0.5 is the
        frozen graph's own. Boxes and landmarks are pixels of the picture and may lie outside it.
        """
        found: list[list[Detection]] = [[] for _ in images]
        for indices in self._batches(images):
            raw = self.raw_output([images[index] for index in indices])
            priors = make_priors(*_padded(images[indices[0]]))
            for position, index in enumerate(indices):
                found[index] = _detections(raw, position, priors, threshold)
        return found

    def raw_output(self, images: Sequence[Pixels]) -> RawOutput:
        """Return what the heads say about pictures that share one size after padding to multiples of 32."""
        with torch.inference_mode():
            turned = torch.from_numpy(_turned_canvas(images)).to(self._device).permute(0, 3, 1, 2)
            output: RawOutput = self._net(turned.to(torch.float32).div_(127.5).sub_(1.0))
        return RawOutput(output.boxes.cpu(), output.landmarks.cpu(), output.scores.cpu())

    def _batches(self, images: Sequence[Pixels]) -> Iterator[list[int]]:
        """Yield the indices of pictures that share a padded size, as many as go through the network together."""
        groups: dict[tuple[int, int], list[int]] = {}
        for index, image in enumerate(images):
            groups.setdefault(_padded(image), []).append(index)
        for (height, width), indices in groups.items():
            size = self._net.pictures_at_once(height, width)
            for start in range(0, len(indices), size):
                yield indices[start : start + size]


def _padded(image: Pixels) -> tuple[int, int]:
    height, width = (-(-side // _STRIDE) * _STRIDE for side in image.shape[:2])
    return height, width


def _turned_canvas(images: Sequence[Pixels]) -> NDArray[np.uint8]:
    """Return the pictures turned by 180 degrees, with zeros where their right and bottom were padded."""
    canvas = np.zeros((len(images), *_padded(images[0]), 3), np.uint8)
    for page, image in zip(canvas, images, strict=True):
        height, width = image.shape[:2]
        page[-height:, -width:] = image[::-1, ::-1]
    return canvas


def _detections(raw: RawOutput, position: int, priors: NDArray[np.float32], threshold: float) -> list[Detection]:
    scores = raw.scores[position].numpy()
    chosen = np.flatnonzero(scores > threshold)
    scores, priors = scores[chosen], priors[chosen]
    boxes = decode_boxes(raw.boxes[position].numpy()[chosen], priors)
    landmarks = decode_landmarks(raw.landmarks[position].numpy()[chosen], priors)
    return [
        Detection(_box(boxes[index]), landmarks[index], float(scores[index]))
        for index in suppress(boxes, scores, _OVERLAP)
    ]


def _box(values: NDArray[np.float32]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(value) for value in values)
    return x1, y1, x2, y2
