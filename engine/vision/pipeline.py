"""From the pixels of a picture to everything that is remembered of the faces in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from config.groups import Device
from config.models import Manifest
from engine.vision import crops, quality, weights
from engine.vision.detector import DetectorResult, FaceDetector
from engine.vision.embedder import DlibEmbedder, Embedder
from engine.vision.retinaface import RetinaFace
from engine.vision.types import AnalysedFace, Detection, Effort, Pixels


@dataclass(frozen=True, slots=True)
class Analysis:
    """The faces of a picture, best score first, and what the detector tried to find them."""

    faces: list[AnalysedFace]
    passes: list[str]


class FacePipeline:
    """A detector and an embedder, loaded once and used for every picture."""

    def __init__(self, detector: FaceDetector, embedder: Embedder, *, detector_identity: str) -> None:
        """detector_identity: what shapes detections, for the records: model, weights and settings."""
        self.embedder = embedder
        self.detector_identity = detector_identity
        self._detector = detector

    @classmethod
    def load(
        cls,
        manifest: Manifest,
        *,
        threshold: float,
        max_side: int,
        threads: int,
        embedder: Embedder | None = None,
        device: Device = "cpu",
    ) -> Self:
        """Load the networks of a manifest; threshold and max_side are the detector's, threads are torch's.

        An embedder that is given takes the place of the manifest's.
        Raises WeightsMissing, WeightsAltered, WeightsUnusable or DeviceMissing.
        """
        entry = manifest.detector
        network = RetinaFace.load(weights.locate(entry), threads, device)
        return cls(
            FaceDetector(network, threshold, max_side),
            embedder or DlibEmbedder.load(manifest.embedder, threads=threads, device=device),
            detector_identity=f"{entry.name} sha256:{entry.sha256} threshold={threshold:g} max_side={max_side}",
        )

    def detect(self, pixels: Pixels, *, effort: Effort = Effort.USUAL) -> DetectorResult:
        """Find the faces of an upright picture, uint8 [H, W, 3], without embedding them."""
        return self._detector.detect(pixels, effort=effort)

    def analyse(self, pixels: Pixels, *, effort: Effort = Effort.USUAL) -> Analysis:
        """Find, measure, embed and crop the faces of an upright picture, uint8 [H, W, 3]; it may have none."""
        found = self.detect(pixels, effort=effort)
        return Analysis(self.describe(pixels, found.faces), found.passes)

    def describe(self, pixels: Pixels, detections: Sequence[Detection]) -> list[AnalysedFace]:
        """Measure, embed and crop faces that are already known, found or marked by a person, in their order.

        Raises UnusableLandmarks where a box or its landmarks cannot be those of a face in the picture.
        """
        if not detections:
            return []
        chips = np.stack([self.embedder.align(pixels, face.landmarks) for face in detections])
        return [
            AnalysedFace(face, quality.assess(pixels, face), vector, crops.cut(pixels, face))
            for face, vector in zip(detections, self.embedder.embed(chips), strict=True)
        ]
