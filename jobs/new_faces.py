"""From what vision found to what the records keep: neither of the two knows the other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.records.faces.faces import NewFace
from engine.records.packing import pack

if TYPE_CHECKING:
    from engine.vision.shots import Shot
    from engine.vision.types import AnalysedFace


def new_faces(found: "Sequence[AnalysedFace]") -> list[NewFace]:
    """The faces of an analysis as the records take them, in the same order."""
    return [new_face(face) for face in found]


def new_shots(shots: "Sequence[Shot]") -> tuple[NewFace, ...]:
    """The shots of a video that nothing has stored yet, each with its time."""
    return tuple(new_face(shot.face, time_ms=shot.time_ms) for shot in shots if shot.face is not None)


def new_face(face: "AnalysedFace", *, time_ms: int | None = None) -> NewFace:
    """A face as the records take it; time_ms: the moment in a video, none in a still picture."""
    quality = face.quality
    return NewFace(
        box=face.detection.box,
        landmarks=face.detection.landmarks.tolist(),
        score=face.detection.score,
        eye_distance=quality.eye_distance,
        sharpness=quality.sharpness,
        brightness=quality.brightness,
        contrast=quality.contrast,
        yaw=quality.yaw,
        pitch=quality.pitch,
        roll=quality.roll,
        crop_png=face.crop.png,
        crop_box=face.crop.box,
        crop_scale=face.crop.scale,
        vector=pack(face.vector),
        time_ms=time_ms,
    )
