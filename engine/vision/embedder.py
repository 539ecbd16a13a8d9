"""What turns an aligned face into a vector: the shape every embedder has, and the default one."""

from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from config.groups import Device
from config.models import Metric, ModelEntry
from engine.vision import align, weights
from engine.vision.dlib_resnet import DlibResNet
from engine.vision.identity import Described, describe_shipped
from engine.vision.templates import DLIB_CHIP
from engine.vision.types import Pixels


class Embedder(Described, Protocol):
    """A network that tells faces apart, with the alignment it was trained on."""

    def align(self, pixels: Pixels, landmarks: NDArray[np.float32]) -> Pixels:
        """Cut the chip of one face, uint8 [size, size, 3], from an upright picture and landmarks [5, 2] in pixels.

        Raises UnusableLandmarks where the landmarks cannot be those of a face.
        """

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Vectors float32 [N, dimension] of chips uint8 [N, size, size, 3]; raises ValueError for another shape."""


class DlibEmbedder:
    """dlib's face network: chips of 150 x 150 pixels, raw vectors of 128 numbers, compared by Euclidean distance."""

    metric: Metric = "euclidean"

    def __init__(self, entry: ModelEntry, network: DlibResNet) -> None:
        self.name = entry.name
        self.dimension = network.dimension
        self.identity = describe_shipped(entry).identity
        self._network = network

    @classmethod
    def load(cls, entry: ModelEntry, *, threads: int = 1, device: Device = "cpu") -> Self:
        """Find, check and read the weights of a manifest's entry.

        Raises WeightsMissing, WeightsAltered, WeightsUnusable or DeviceMissing.
        """
        return cls(entry, DlibResNet.load(weights.locate(entry), threads, device))

    def align(self, pixels: Pixels, landmarks: NDArray[np.float32]) -> Pixels:
        """Cut a chip of 150 x 150 pixels; raises UnusableLandmarks."""
        return align.to_template(pixels, landmarks, DLIB_CHIP)

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [N, 150, 150, 3] to float32 [N, 128]; raises ValueError for another shape."""
        return self._network.embed(chips)
