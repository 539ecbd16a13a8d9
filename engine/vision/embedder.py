"""What turns an aligned face into a vector: the shape every embedder has, and the default one."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from config.models import Metric, ModelEntry
from engine.vision import align, weights
from engine.vision.dlib_resnet import DlibResNet
from engine.vision.types import Pixels


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Everything that shapes a vector: two vectors compare only where all four are equal.

    weights_sha256: lower-case hex. alignment, preprocessing, precision: names that change whenever the numbers do.
    """

    weights_sha256: str
    alignment: str
    preprocessing: str
    precision: str


class Embedder(Protocol):
    """A network that tells faces apart, with the alignment it was trained on."""

    @property
    def name(self) -> str:
        """The model's name in the manifest."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def metric(self) -> Metric:
        """How its vectors compare."""

    @property
    def identity(self) -> EmbedderIdentity:
        """What its vectors may be compared with."""

    def align(self, pixels: Pixels, landmarks: NDArray[np.float32]) -> Pixels:
        """Cut the chip of one face, uint8 [size, size, 3], from an upright picture and landmarks [5, 2] in pixels.

        Raises UnusableLandmarks where the landmarks cannot be those of a face.
        """

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Vectors float32 [N, dimension] of chips uint8 [N, size, size, 3]; raises ValueError for another shape."""


class DlibEmbedder:
    """dlib's face network: chips of 150 x 150 pixels, raw vectors of 128 numbers, compared by Euclidean distance."""

    metric: Metric = "euclidean"

    def __init__(self, name: str, network: DlibResNet, weights_sha256: str) -> None:
        self.name = name
        self.dimension = network.dimension
        self.identity = EmbedderIdentity(
            weights_sha256=weights_sha256,
            alignment=align.DLIB_CHIP.name,
            preprocessing="dlib-rgb-mean-256",
            precision="float32",
        )
        self._network = network

    @classmethod
    def load(cls, entry: ModelEntry, *, threads: int = 1) -> Self:
        """Find, check and read the weights of a manifest's entry.

        Raises WeightsMissing, WeightsAltered or WeightsUnusable.
        """
        return cls(entry.name, DlibResNet.load(weights.locate(entry), threads), entry.sha256)

    def align(self, pixels: Pixels, landmarks: NDArray[np.float32]) -> Pixels:
        """Cut a chip of 150 x 150 pixels; raises UnusableLandmarks."""
        template = align.DLIB_CHIP
        return align.warp(pixels, align.similarity(landmarks, template.points), template.size)

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [N, 150, 150, 3] to float32 [N, 128]; raises ValueError for another shape."""
        return self._network.embed(chips)
