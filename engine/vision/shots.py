"""Which sightings of one face in a video are kept: the few that compare best, at different moments."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.types import AnalysedFace, Quality

MOST = 4
"""Shots kept of one track."""

MOMENT_MS = 1000
"""Milliseconds of which at most one shot is kept: the frames beside the best one hardly show anything more."""

# A face with this many pixels between its eyes loses nothing in the embedder's chip; more of them add no worth.
_ENOUGH_EYES = 40.0
# Variance of the Laplacian at which a face is half as sharp as it need be: small or soft faces lie below, others above.
_HALF_SHARP = 60.0
# Grey values from black, and from white, inside which a face cannot be seen well.
_TOO_DARK, _TOO_BRIGHT = 40.0, 25.0


@dataclass(frozen=True, slots=True)
class Shot:
    """One sighting that is kept; face: none where an earlier part of the work has stored it already."""

    time_ms: int
    worth: float
    vector: NDArray[np.float32]
    face: AnalysedFace | None = None


def worth(quality: Quality, score: float) -> float:
    """How well a face compares, 0 to 1: large, sharp, towards the viewer, well lit, and surely a face.

    The order of shots of one face rests on it, nothing else; score: the detector's.
    """
    size = min(1.0, quality.eye_distance / _ENOUGH_EYES)
    sharp = quality.sharpness / (quality.sharpness + _HALF_SHARP)
    frontal = max(0.0, math.cos(math.radians(quality.yaw))) * max(0.0, math.cos(math.radians(quality.pitch)))
    light = min(1.0, quality.brightness / _TOO_DARK, (255 - quality.brightness) / _TOO_BRIGHT)
    return size * sharp * frontal * max(0.0, light) * score


def best_of(shots: Iterable[Shot]) -> list[Shot]:
    """The shots to keep, in the order of time: the best one of each moment, of the MOST best moments.

    Whatever it lets go it would let go again, so a track's shots may come in portions, each with what was kept before.
    """
    moments: dict[int, Shot] = {}
    for shot in sorted(shots, key=_rank):
        moments.setdefault(shot.time_ms // MOMENT_MS, shot)
    return sorted(sorted(moments.values(), key=_rank)[:MOST], key=lambda one: one.time_ms)


def _rank(shot: Shot) -> tuple[float, int]:
    return -shot.worth, shot.time_ms
