"""Looks at a video from a place on: chooses frames, finds the faces in them and follows them."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.vision.errors import UnreadableMedia
from engine.vision.pipeline import Analysis, FacePipeline
from engine.vision.sampling import Look, Sampler
from engine.vision.tracks import Tracker
from engine.vision.types import Effort
from engine.vision.video_types import Frame, Video

THOROUGH_MS = 10_000
"""Milliseconds after which a scene is looked at thoroughly again, in case somebody lies or is upside down."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A frame that was looked at: its time, how many faces it shows, and the detector's passes."""

    time_ms: int
    faces: int
    passes: list[str]


def watch(video: Video, pipeline: FacePipeline, tracker: Tracker, *, after_ms: int | None = None) -> Iterator[LookedAt]:
    """Look at the frames after a time (one that was looked at last; none: from the beginning) and tell of each.

    The caller may stop after any of them: what the tracker has seen until then is whole.
    """
    sampler, effort = Sampler(), _Effort()
    for frame in video.frames(after_ms or 0):
        if frame.time_ms == after_ms:
            sampler.resume(frame)
            continue
        why = sampler.choose(frame)
        if why is not None:
            found = _look(frame, why, pipeline, tracker, effort)
            if found is None:
                continue
            yield LookedAt(frame.time_ms, len(found.faces), found.passes)


def _look(frame: Frame, why: Look, pipeline: FacePipeline, tracker: Tracker, effort: "_Effort") -> Analysis | None:
    try:
        pixels = frame.picture()
    except UnreadableMedia:
        return None  # As any damaged frame; if it was the end of the video, its troubles say so.
    if why is Look.NEW_SCENE:
        tracker.end_scene()
    thorough = why is Look.NEW_SCENE or effort.is_due(frame.time_ms)
    found = pipeline.analyse(pixels, effort=Effort.USUAL if thorough else Effort.QUICK)
    if thorough:
        effort.spent(frame.time_ms, found)
    tracker.see(frame.time_ms, found.faces)
    return found


class _Effort:
    """When to look thoroughly: now and again, and every time as long as it finds what a normal look does not."""

    def __init__(self) -> None:
        self._next_ms = 0

    def is_due(self, time_ms: int) -> bool:
        return time_ms >= self._next_ms

    def spent(self, time_ms: int, found: Analysis) -> None:
        needed = bool(found.faces) and len(found.passes) > 1
        self._next_ms = time_ms if needed else time_ms + THOROUGH_MS
