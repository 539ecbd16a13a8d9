"""Which scores are rare enough to bring a subject back: by the strangers of the collection, or of one like it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from engine.records.people.galleries import list_galleries
from engine.records.scopes import Scope
from engine.search.calibration import Calibrations
from engine.search.errors import IndexUnusable
from engine.search.index import IndexReader
from engine.search.rarity import BIN_EDGES, Calibration
from engine.search.space import Space

#: However few subjects there are, a likeness that more than one in so many strangers reach brings nobody back.
COMMONEST = 1e-3
#: Halvings of the range of scores after which the lowest rare score is known to a millionth of a millionth.
_HALVINGS = 44

#: One pair of eyes, in pixels apart, for each bin of quality.
_EYES = (0.0, *BIN_EDGES)


@dataclass(frozen=True, slots=True)
class Judge:
    """What is rare enough: for each bin of quality the lowest score, infinite where none is; `share` is what was asked.

    calibration: the strangers it was counted on; none where they are too few and the model's own threshold stands in.
    """

    floors: tuple[float, ...]
    share: float
    calibration: Calibration | None

    @property
    def can_judge(self) -> bool:
        """Whether any score at all could be rare enough."""
        return bool(np.isfinite(self.floors).any())

    def rarity(self, score: float, eyes: float) -> float | None:
        """The share of strangers that score as high where the smaller face has `eyes` pixels between the eyes."""
        return None if self.calibration is None else self.calibration.rarity(score, eyes).share


def bins_of(eyes: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bin of quality of each face, int64 [N], by its pixels between the eyes."""
    return np.asarray(np.digitize(eyes, BIN_EDGES), np.int64)


def share_allowed(faces: int, false_recalls_per_arrival: float) -> float:
    """The share of strangers that may score as high: the more faces an arrival is compared with, the smaller.

    It is compared with every face of the unmatched subjects, and so many of them times this share are wrong on average.
    """
    return min(COMMONEST, false_recalls_per_arrival / max(1, faces))


class Judges:
    """The judges of all collections; keeps indexes and calibrations open between searches, one per process."""

    def __init__(self, indexes: Path, *, calibration_minimum: int) -> None:
        """indexes: the folder of published indexes, which may be empty."""
        self._reader = IndexReader(indexes)
        self._calibrations = Calibrations(calibration_minimum)

    def of(self, session: Session, scope: Scope, space: Space, *, share: float, certain: float | None) -> Judge:
        """The judge of a collection's scores.

        Where its own strangers are too few to say anything, those of the unit's largest gallery that has enough decide.
        Without one either, `certain` does: the score from which the model's two faces are one person, None if
        unmeasured.
        """
        galleries = sorted(list_galleries(session), key=lambda summary: -summary.faces)
        for candidate in (scope, *(Scope(summary.gallery.id) for summary in galleries)):
            calibration = self._calibration(session, candidate, space)
            floors = tuple(_floor(calibration, eyes, share) for eyes in _EYES)
            if np.isfinite(floors).any():
                return Judge(floors, share, calibration)
        return Judge(tuple(np.inf if certain is None else certain for _ in _EYES), share, None)

    def _calibration(self, session: Session, scope: Scope, space: Space) -> Calibration:
        try:
            index = self._reader.open(scope, space)
        except IndexUnusable:
            return self._calibrations.of(session, scope, space, None, None)
        return self._calibrations.of(session, scope, space, index.snapshot, index.strangers)


def _floor(calibration: Calibration, eyes: float, share: float) -> float:
    """The lowest score that is rare enough; infinite where rarity is not known, or no score is rare enough."""

    def rare(score: float) -> bool:
        found = calibration.rarity(score, eyes).share
        return found is not None and found <= share

    low, high = -np.float64(_FAR), np.float64(1.0)
    if not rare(high):
        return float(np.inf)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if rare(middle) else (middle, high)
    return float(high)


#: Lower than any score of two real faces: those of cosine end at -1, the distances of any model's are smaller.
_FAR = 1_000.0
