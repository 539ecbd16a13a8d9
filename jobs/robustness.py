"""`triage evaluate robustness`: who is still found when the pictures are made hard in known ways; nothing is stored."""

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.search.evaluation.enrolment import Progress
from engine.search.evaluation.tables import LabelledPicture, read_identities
from engine.search.space import Space, Vectors, checked, similarity, space_of
from jobs.errors import BadInput
from jobs.evaluation_conditions import Conditions, conditions_of
from jobs.look import Unusable, look_at
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.hardships import Hardship
    from engine.vision.types import AnalysedFace, Box, Pixels


@dataclass(frozen=True, slots=True)
class Endured:
    """What became of the probes under one hardship.

    found: pictures in which a face was found. rank_1: whose person came first. further: faces beyond one in a picture.
    seconds: the median of processor time for finding the faces of a picture.
    """

    hardship: str
    probes: int
    found: int
    rank_1: int
    further: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Robustness:
    """The figures, and under which conditions they were found. people: how many each probe was compared with."""

    people: int
    effort: str
    endured: tuple[Endured, ...]
    left_out: tuple[str, ...]
    conditions: Conditions

    def document(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Probe:
    """A picture that is to be made hard: its pixels, its face's box, and the person's place among the references."""

    pixels: "Pixels"
    box: "Box"
    person: int


def evaluate_robustness(
    bench: Workbench, table: Path, root: Path, *, thorough: bool = False, progress: Progress
) -> Robustness:
    """Search with one picture of each person, made hard, among the first pictures of all people of a CSV.

    The probe is the second picture; of several faces the largest counts. Raises BadTable, and BadInput where nobody has
    two pictures with a face.
    """
    from engine.vision.hardships import hardships
    from engine.vision.types import Effort

    rows = read_identities(table)
    space = space_of(bench.pipeline.embedder)
    references, probes, left_out = _people(bench, rows, root, space)
    if not probes:
        raise BadInput("Nobody in the table has two pictures with a face.", "Add a second picture of some people.")
    effort = Effort.THOROUGH if thorough else Effort(bench.settings.detection.effort)
    ways = hardships()
    endured = []
    for done, hardship in enumerate(ways, start=1):
        endured.append(_endured(bench, hardship, probes, references, space, effort.value))
        progress(done, len(ways))
    conditions = conditions_of(bench, table, root, len(rows))
    return Robustness(len(references), effort.value, tuple(endured), tuple(left_out), conditions)


def _people(
    bench: Workbench, rows: Sequence[LabelledPicture], root: Path, space: Space
) -> tuple[Vectors, list[_Probe], list[str]]:
    """The references [P, D], a probe of each person with another picture, and the files without a usable face."""
    files = defaultdict(list)
    for row in rows:
        files[row.identity].append(row.file)
    vectors: list[Vectors] = []
    probes: list[_Probe] = []
    left_out: list[str] = []
    for first, *others in files.values():
        reference = _largest_in(bench, root / first)
        if reference is None:
            left_out.append(first)
            continue
        if others:
            probe = _largest_in(bench, root / others[0])
            if probe is None:
                left_out.append(others[0])
            else:
                probes.append(_Probe(_pixels(bench, root / others[0]), probe.detection.box, len(vectors)))
        vectors.append(checked(space, reference.vector[None], first)[0])
    return np.array(vectors, np.float32), probes, left_out


def _largest_in(bench: Workbench, path: Path) -> "AnalysedFace | None":
    looked = look_at(bench, path)
    return None if isinstance(looked, Unusable) else _largest(looked.analysis.faces)


def _largest(faces: Sequence["AnalysedFace"]) -> "AnalysedFace | None":
    return max(faces, key=lambda face: face.quality.eye_distance, default=None)


def _pixels(bench: Workbench, path: Path) -> "Pixels":
    return bench.decoder.still(path.read_bytes()).pixels


def _endured(
    bench: Workbench, hardship: "Hardship", probes: Sequence[_Probe], references: Vectors, space: Space, effort: str
) -> Endured:
    from engine.vision.types import Effort

    found, first, further, seconds = 0, 0, 0, []
    for probe in probes:
        pixels = hardship.change(probe.pixels, probe.box)
        started = time.process_time()
        detections = bench.pipeline.detect(pixels, effort=Effort(effort)).faces
        seconds.append(time.process_time() - started)
        face = _largest(bench.pipeline.describe(pixels, detections))
        if face is not None:
            scores = similarity(space, face.vector[None], references)[0]
            found, further = found + 1, further + len(detections) - 1
            # A tie goes against the model.
            first += int((scores >= scores[probe.person]).sum() == 1)
    return Endured(hardship.name, len(probes), found, first, further, statistics.median(seconds))
