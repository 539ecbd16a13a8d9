"""Faces followed over the frames of a video: which sightings are the same person's, one after the other.

Joining two people hides one of them; not joining two sightings costs a person one key. So a face is joined to a track
only when it looks like it, and the place alone never decides. A new scene ends every track.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.vision.marks import TOO_BLURRED
from engine.vision.nms import intersection_over_union
from engine.vision.shots import Shot, best_of, worth
from engine.vision.types import AnalysedFace

Box = tuple[float, float, float, float]

PATIENCE_MS = 6000
"""Milliseconds a face may be out of sight before its track ends; longer than the looks at a still picture are apart."""

# The part of the union of two boxes that both cover, from which a face is in the place where the track was.
_SAME_PLACE = 0.3


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two vectors must be, on a scale of the embedder where more is more alike.

    of: the scores of a vector [D] and each of several [N, D], [N]. in_place: for a face where the track was last seen.
    anywhere: for one elsewhere in the same scene, with at least `smallest` pixels between its eyes and not too blurred:
    blurred strangers look alike.
    """

    of: Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
    in_place: float
    anywhere: float
    smallest: float


@dataclass(slots=True)
class Track:
    """One face over time. number: its own in the video. sightings: in how many frames; box: in the last of them."""

    number: int
    first_ms: int
    last_ms: int
    box: Box
    sightings: int = 0
    shots: list[Shot] = field(default_factory=list)


class Tracker:
    """Joins the faces of frames, shown in order, to tracks."""

    def __init__(self, likeness: Likeness, *, tracks: Sequence[Track] = (), next_number: int = 1) -> None:
        """tracks: those that an earlier part of the video left open, with their shots."""
        self._likeness = likeness
        self._open = list(tracks)
        self._next_number = next_number
        self._seen: dict[int, Track] = {}

    @property
    def seen(self) -> list[Track]:
        """The tracks with a sighting in the frames shown to this tracker, in the order of their numbers."""
        return [self._seen[number] for number in sorted(self._seen)]

    @property
    def still_open(self) -> list[Track]:
        """The tracks that the next frame may continue."""
        return list(self._open)

    def end_scene(self) -> None:
        """End every track: what comes next is another picture."""
        self._open = []

    def see(self, time_ms: int, faces: Sequence[AnalysedFace]) -> None:
        """Join the faces of one frame to open tracks, each to one at most, the surest first; others begin new ones."""
        self._open = [track for track in self._open if time_ms - track.last_ms <= PATIENCE_MS]
        sureness = self._sureness(faces)
        joined: dict[int, Track] = {}
        while sureness.size and sureness.max() > -np.inf:
            row, place = (int(index) for index in np.unravel_index(sureness.argmax(), sureness.shape))
            joined[row] = self._open[place]
            sureness[row], sureness[:, place] = -np.inf, -np.inf
        for number, face in enumerate(faces):
            self._extend(joined.get(number) or self._begin(time_ms, face), time_ms, face)

    def _sureness(self, faces: Sequence[AnalysedFace]) -> NDArray[np.float64]:
        """How surely each face continues each open track, [faces, tracks]; minus infinity where it does not."""
        sureness = np.full((len(faces), len(self._open)), -np.inf)
        if not sureness.size:
            return sureness
        likeness = self._likeness
        boxes = np.array([track.box for track in self._open], np.float32)
        for row, face in zip(sureness, faces, strict=True):
            overlap = intersection_over_union(np.array(face.detection.box, np.float32), boxes)
            alike = np.array([self._alike(face, track) for track in self._open])
            in_place = (overlap >= _SAME_PLACE) & (alike >= likeness.in_place)
            tells = face.quality.eye_distance >= likeness.smallest and face.quality.sharpness >= TOO_BLURRED
            anywhere = (alike >= likeness.anywhere) & tells
            row[in_place | anywhere] = (overlap + alike)[in_place | anywhere]
        return sureness

    def _alike(self, face: AnalysedFace, track: Track) -> float:
        return float(self._likeness.of(face.vector, np.stack([shot.vector for shot in track.shots])).mean())

    def _begin(self, time_ms: int, face: AnalysedFace) -> Track:
        track = Track(self._next_number, time_ms, time_ms, face.detection.box)
        self._next_number += 1
        self._open.append(track)
        return track

    def _extend(self, track: Track, time_ms: int, face: AnalysedFace) -> None:
        shot = Shot(time_ms, worth(face.quality, face.detection.score), face.vector, face)
        track.last_ms, track.box = time_ms, face.detection.box
        track.sightings += 1
        track.shots = best_of([*track.shots, shot])
        self._seen[track.number] = track
