"""Looking at picture files that a command was given: read, decode and analyse one, without storing anything."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.formats.text import printable
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.pipeline import Analysis
    from engine.vision.types import AnalysedFace, Quality


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture file with everything that was found in it; its pixels are let go, for many are held at once."""

    path: Path
    data: bytes
    format: str
    width: int
    height: int
    captured_at: datetime | None
    analysis: "Analysis"


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file that is no picture that can be read, and why."""

    path: Path
    reason: str


def look_at(bench: Workbench, path: Path, *, thorough: bool = False) -> Looked | Unusable:
    """Analyse a picture file, at least with the effort that is set.

    Bad input comes back as a reason, only a model that cannot be loaded is raised.
    """
    from engine.vision.errors import UnreadableMedia  # Heavy, as everything of vision is.
    from engine.vision.types import Effort

    limits = bench.settings.decoding
    try:
        size = path.stat().st_size
        if size > limits.max_bytes:
            return Unusable(path, f"{size} bytes are more than the limit of {limits.max_bytes} for decoding")
        data = path.read_bytes()
        picture = bench.decoder.still(data)
    except OSError as error:
        return Unusable(path, f"it cannot be read: {error.strerror}")
    except UnreadableMedia as error:
        return Unusable(path, error.reason)
    effort = Effort.THOROUGH if thorough else Effort(bench.settings.detection.effort)
    analysis = bench.pipeline.analyse(picture.pixels, effort=effort)
    return Looked(path, data, picture.format, picture.width, picture.height, picture.captured_at, analysis)


def detect_files(bench: Workbench, paths: Sequence[Path], *, thorough: bool = False) -> list[dict[str, Any]]:
    """The faces of each file, as `triage detect --json` prints them; an unusable file has an `error` instead."""
    return [_described(look_at(bench, path, thorough=thorough)) for path in paths]


def quality_of(quality: "Quality") -> dict[str, float]:
    """A face's quality by name, for JSON."""
    return {name: round(float(getattr(quality, name)), 4) for name in quality.__slots__}


def _described(looked: Looked | Unusable) -> dict[str, Any]:
    path = printable(looked.path)
    if isinstance(looked, Unusable):
        return {"path": path, "error": looked.reason, "faces": []}
    return {
        "path": path,
        "width": looked.width,
        "height": looked.height,
        "passes": looked.analysis.passes,
        "faces": [_face(face) for face in looked.analysis.faces],
    }


def _face(face: "AnalysedFace") -> dict[str, Any]:
    from engine.vision.marks import marks

    detection, quality = face.detection, face.quality
    return {
        "box": [float(value) for value in detection.box],
        "landmarks": [[float(value) for value in point] for point in detection.landmarks],
        "score": float(detection.score),
        "quality": quality_of(face.quality),
        "marks": [asdict(mark) for mark in marks(quality.eye_distance, quality.sharpness, quality.yaw)],
    }
