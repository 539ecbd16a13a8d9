"""Which frames of a video are looked at: the first of each scene, then one now and again while something changes."""

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from engine.vision.video_types import Frame

EVERY_MS = 500
"""Milliseconds from one look to the next while the picture changes."""

STILL_MS = 5000
"""Milliseconds after which a picture that does not change is looked at again."""

# Grey values (of 255) by which two frames of different scenes differ on average; motion within one stays below.
_CUT = 24.0
# Looks that scene changes ask for keep this distance, so that a flickering video costs no more than a lively one.
_CUT_EVERY_MS = 250
# Grey values by which one of a glance's pixels must differ before the picture counts as changed; noise stays below.
_CHANGE = 12


class Look(Enum):
    """Why a frame is looked at."""

    NEW_SCENE = "new scene"
    TIME = "time"


class Sampler:
    """Chooses among the frames of one video, which it must be shown one after the other."""

    def __init__(self) -> None:
        self._looked_ms = 0
        self._looked: NDArray[np.int16] | None = None
        self._before: NDArray[np.int16] | None = None
        self._cut = True

    def resume(self, frame: Frame) -> None:
        """Take a frame for looked at already, at the end of an earlier part of the video."""
        self._looked_ms = frame.time_ms
        self._looked = self._before = frame.glance.astype(np.int16)
        self._cut = False

    def choose(self, frame: Frame) -> Look | None:
        """Why to look at this frame; none where the frames looked at so far show as much."""
        glance = frame.glance.astype(np.int16)
        if self._before is not None and np.abs(glance - self._before).mean() > _CUT:
            self._cut = True
        self._before = glance
        reason = self._reason(frame.time_ms, glance)
        if reason is not None:
            self._looked_ms, self._looked, self._cut = frame.time_ms, glance, False
        return reason

    def _reason(self, time_ms: int, glance: NDArray[np.int16]) -> Look | None:
        if self._looked is None:
            return Look.NEW_SCENE
        since = time_ms - self._looked_ms
        if self._cut and since >= _CUT_EVERY_MS:
            return Look.NEW_SCENE
        if since >= STILL_MS or (since >= EVERY_MS and np.abs(glance - self._looked).max() > _CHANGE):
            return Look.TIME
        return None
