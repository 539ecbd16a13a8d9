"""A model that knows its pictures by name, and tables to evaluate it on."""

from pathlib import Path

import numpy as np

from engine.search.evaluation.comparisons import compare_each
from engine.search.evaluation.enrolment import Enrolled, enrol
from engine.search.evaluation.identification import IdentifyReport, identification
from engine.search.evaluation.searches import search_each
from engine.search.evaluation.tables import LabelledPair, LabelledPicture
from engine.search.evaluation.verification import PairReport, verification
from engine.vision.types import Quality
from tests.engine.search.arrays import EUCLIDEAN

ROOT = Path("pictures")


class Model:
    """An enroller that knows where each picture lies on a line, and of the others that they show no face."""

    def __init__(
        self, places: dict[str, float], eyes: dict[str, float] | None = None, sharpness: dict[str, float] | None = None
    ) -> None:
        self.places = places
        self.eyes, self.sharpness = eyes or {}, sharpness or {}
        self.asked: list[Path] = []

    def __call__(self, path: Path) -> Enrolled:
        self.asked.append(path)
        file = str(path.relative_to(ROOT))
        place = self.places.get(file)
        if place is None:
            return Enrolled(None, "no face found")
        eyes, sharpness = self.eyes.get(file, 40.0), self.sharpness.get(file, 100.0)
        quality = Quality(eyes, sharpness, brightness=1, contrast=1, yaw=0, pitch=0, roll=0)
        return Enrolled(np.array([place, 0, 0, 0], np.float32), quality=quality)


def identify(table: list[LabelledPicture], model: Model) -> IdentifyReport:
    """Search with each picture of the table."""
    enrolment = enrol([picture.file for picture in table], ROOT, model, EUCLIDEAN)
    return identification(table, enrolment, search_each(table, enrolment.vectors, EUCLIDEAN))


def compare(table: list[LabelledPair], model: Model, threshold: float) -> PairReport:
    """Compare each pair of the table."""
    enrolment = enrol([file for pair in table for file in (pair.a, pair.b)], ROOT, model, EUCLIDEAN)
    return verification(table, enrolment, compare_each(table, enrolment.vectors, EUCLIDEAN), threshold=threshold)
