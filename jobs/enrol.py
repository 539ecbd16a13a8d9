"""`triage gallery import`: pictures of known people become references, and whatever is doubtful is named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.records.actors import Actor
from engine.records.faces import faces
from engine.records.intake.media import keep_picture
from engine.records.people import galleries
from engine.records.schema import Face, Gallery
from jobs.doubts import Doubt, doubts
from jobs.gallery_source import Misplaced, Portrait, read_source
from jobs.likeness import likeness_of
from jobs.look import Looked, Unusable, look_at
from jobs.new_faces import new_faces
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.types import AnalysedFace

#: Told how many pictures are done, and of how many.
Advance = Callable[[int, int | None], None]


@dataclass(slots=True)
class Enrolment:
    """What an import did: people and faces enrolled, and every file that needs a person's eye."""

    gallery: str
    references: set[int] = field(default_factory=set)
    face_ids: list[int] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    no_face: list[str] = field(default_factory=list)
    several_faces: list[dict[str, Any]] = field(default_factory=list)
    suspicious: list[Doubt] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every picture was enrolled."""
        return not self.failed and not self.no_face

    def document(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            "gallery": self.gallery,
            "references": len(self.references),
            "faces": len(self.face_ids),
            "failed": self.failed,
            "no_face": self.no_face,
            "several_faces": self.several_faces,
            "suspicious": [doubt.document() for doubt in self.suspicious],
        }


@dataclass(frozen=True, slots=True)
class _Seen:
    """A portrait with at least one face."""

    portrait: Portrait
    looked: Looked


def enrol(bench: Workbench, gallery_name: str, source: Path, *, actor: Actor, advance: Advance) -> Enrolment:
    """Enrol the people of a folder or CSV in a gallery; safe to repeat, since enrolled faces change nothing.

    Raises NotFound for an unknown gallery, BadInput for an unusable source, WeightsError without models.
    """
    with bench.records.database.read() as session:
        gallery = galleries.get_gallery(session, gallery_name)
    done = Enrolment(gallery_name)
    portraits = _portraits(source, done)
    bench.warm_up()
    looked_at = 0
    for person, some in groupby(portraits, key=attrgetter("person")):
        seen = []
        for portrait in some:
            seen += _look(bench, portrait, done)
            looked_at += 1
            advance(looked_at, len(portraits))
        if seen:
            _enrol_person(bench, gallery, person, seen, done, actor)
    likeness = likeness_of(bench.space, bench.paths.models)
    with bench.records.database.read() as session:
        done.suspicious = doubts(session, gallery, bench.space, likeness, done.face_ids)
    return done


def _portraits(source: Path, done: Enrolment) -> list[Portrait]:
    """The source's portraits, those of one person together; what else it holds is noted as failed."""
    portraits = []
    for found in read_source(source):
        if isinstance(found, Misplaced):
            done.failed.append({"path": found.label, "reason": found.reason})
        else:
            portraits.append(found)
    return sorted(portraits, key=attrgetter("person", "label"))


def _look(bench: Workbench, portrait: Portrait, done: Enrolment) -> list[_Seen]:
    looked = look_at(bench, portrait.path)
    if isinstance(looked, Unusable):
        done.failed.append({"path": portrait.label, "reason": looked.reason})
        return []
    if not looked.analysis.faces:
        done.no_face.append(portrait.label)
        return []
    return [_Seen(portrait, looked)]


def _enrol_person(
    bench: Workbench, gallery: Gallery, person: str, seen: Sequence[_Seen], done: Enrolment, actor: Actor
) -> None:
    """Store and enrol one person's portraits in one transaction."""
    alone = [one.looked.analysis.faces[0].vector for one in seen if len(one.looked.analysis.faces) == 1]
    chosen: list[tuple[int, str]] = []
    with bench.records.database.write() as session:
        for one in seen:
            face = _the_person(one.looked.analysis.faces, alone)
            media = keep_picture(session, bench.records.vault, one.looked.data)
            media.format, media.width, media.height = one.looked.format, one.looked.width, one.looked.height
            media.captured_at = one.looked.captured_at or media.captured_at
            stored = faces.store_analysis(
                session,
                bench.records.vault,
                media,
                new_faces(one.looked.analysis.faces),
                detector=bench.pipeline.detector_identity,
                passes=one.looked.analysis.passes,
                space_id=bench.space.id,
                actor=actor,
            )
            chosen.append((_stored_as(face, stored).id, one.portrait.label))
            if len(one.looked.analysis.faces) > 1:
                done.several_faces.append(
                    {
                        "path": one.portrait.label,
                        "faces": len(one.looked.analysis.faces),
                        "enrolled": [round(float(value)) for value in face.detection.box],
                    }
                )
        reference = galleries.enrol(session, gallery, person, chosen, actor=actor)
    done.references.add(reference.id)
    done.face_ids += [face_id for face_id, _ in chosen]


def _the_person(found: "Sequence[AnalysedFace]", alone: Sequence[np.ndarray]) -> "AnalysedFace":
    """Whose portrait it is: the face most like the person's other pictures, without any the largest one."""
    if len(found) == 1 or not alone:
        return max(found, key=lambda face: face.quality.eye_distance)
    others = np.stack(alone)
    return min(found, key=lambda face: float(np.linalg.norm(others - face.vector, axis=1).min()))


def _stored_as(face: "AnalysedFace", stored: Sequence[Face]) -> Face:
    """The row that keeps a face: the one whose box covers it best."""
    return max(stored, key=lambda row: faces.overlap(face.detection.box, row.box))
