"""`triage evaluate`: the models of this deployment on labelled pictures; nothing is stored and nothing searched."""

import io
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from engine.search.evaluation.comparisons import compare_each
from engine.search.evaluation.documents import document
from engine.search.evaluation.enrolment import Enrolled, Enroller, Progress, enrol
from engine.search.evaluation.grouping import REFERRAL, grouped
from engine.search.evaluation.identification import IdentifyReport, identification
from engine.search.evaluation.rarity_check import check_rarity
from engine.search.evaluation.searches import search_each
from engine.search.evaluation.tables import read_identities, read_pairs
from engine.search.evaluation.verification import PairReport, verification
from engine.search.space import Space, space_of
from engine.vision.marks import TOO_BLURRED
from jobs.errors import BadInput
from jobs.evaluation_conditions import Conditions, conditions_of
from jobs.likeness import Likeness, likeness_of
from jobs.look import Unusable, look_at
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.types import AnalysedFace

Report = TypeVar("Report", PairReport, IdentifyReport)

#: Longest side in pixels of a crop that goes into a report: enough to see who it is.
_THUMBNAIL = 160
#: Thresholds of grouping that are tried on either side.
_STEPS = 4


@dataclass(frozen=True, slots=True)
class Evaluation(Generic[Report]):
    """The figures of an evaluation, and under which conditions they were found."""

    report: Report
    conditions: Conditions

    def document(self) -> dict[str, Any]:
        """As `triage evaluate --json` prints it."""
        found = document(self.report)
        if "found_at_fpir" in found:
            found["fnir_at_fpir"] = [_missed(one) for one in found.pop("found_at_fpir")]
        about = {"model": self.conditions.model, "space": self.conditions.space, "metric": self.conditions.metric}
        return about | found | {"conditions": asdict(self.conditions)}


def evaluate_pairs(
    bench: Workbench, table: Path, root: Path, *, threshold: float | None = None, progress: Progress
) -> Evaluation[PairReport]:
    """Compare the pairs of a CSV (a, b, same).

    Without a threshold pairs are called the same above the one of the model's author. Raises BadTable, and BadInput
    where no threshold is known.
    """
    rows = read_pairs(table)
    space = space_of(bench.pipeline.embedder)
    # Below it two pictures are held to be unlike: the rule of the model's author, or of its test at import.
    threshold = _known_likeness(bench, space).unlike if threshold is None else threshold
    files = [file for pair in rows for file in (pair.a, pair.b)]
    enrolment = enrol(files, root, _enroller(bench), space, progress)
    report = verification(rows, enrolment, compare_each(rows, enrolment.vectors, space), threshold=threshold)
    return Evaluation(report, conditions_of(bench, table, root, len(rows)))


def evaluate_identify(bench: Workbench, table: Path, root: Path, *, progress: Progress) -> Evaluation[IdentifyReport]:
    """Search with each picture of a CSV (file, identity) among the others. Raises BadTable."""
    rows = read_identities(table)
    space = space_of(bench.pipeline.embedder)
    enrolment = enrol([picture.file for picture in rows], root, _enroller(bench), space, progress)
    minimum = bench.settings.search.calibration_minimum
    rarity = check_rarity(rows, enrolment, space, minimum=minimum)
    report = identification(rows, enrolment, search_each(rows, enrolment.vectors, space), rarity)
    return Evaluation(report, conditions_of(bench, table, root, len(rows)))


def evaluate_grouping(
    bench: Workbench, table: Path, root: Path, *, threshold: float | None = None, progress: Progress
) -> dict[str, Any]:
    """Group the pictures of a CSV (file, identity) as those of referrals are, at one threshold and at others around it.

    Without a threshold it is the one at work. Raises BadTable, and BadInput where none is known.
    """
    rows = read_identities(table)
    space = space_of(bench.pipeline.embedder)
    likeness = _known_likeness(bench, space)
    threshold = likeness.one_person if threshold is None else threshold
    enrolment = enrol([picture.file for picture in rows], root, _enroller(bench), space, progress)
    # As far below it as faces are doubted, and as far above.
    step = (likeness.one_person - likeness.unlike) / _STEPS
    tried = [threshold + place * step for place in range(-_STEPS, _STEPS + 1)]
    figures = [grouped(rows, enrolment, space, threshold=one, smallest=likeness.smallest) for one in tried]
    return {
        "model": space.model,
        "space": space.id,
        "pictures": len(rows),
        "referrals": len({row.further.get(REFERRAL, "") for row in rows}),
        "failures": [asdict(failure) for failure in enrolment.failures],
        "smallest": likeness.smallest,
        "least_sharp": TOO_BLURRED,
        "at_threshold": asdict(figures[_STEPS]),
        "by_threshold": [asdict(one) for one in figures],
        "conditions": asdict(conditions_of(bench, table, root, len(rows))),
    }


def thumbnails(bench: Workbench, root: Path, files: Collection[str]) -> dict[str, bytes]:
    """Small crops, as JPEG, of the face that was taken from each file; the pictures are looked at once more."""
    found = {}
    for file in files:
        looked = look_at(bench, root / file)
        if not isinstance(looked, Unusable) and looked.analysis.faces:
            found[file] = _thumbnail(_largest(looked.analysis.faces).crop.png)
    return found


def _missed(at_rate: dict[str, Any]) -> dict[str, Any]:
    """The share of searches that missed their mate, in place of the share that found it."""
    share = at_rate.pop("share")
    return at_rate | {"fnir": None if share is None else 1 - share}


def _enroller(bench: Workbench) -> Enroller:
    """Pictures to vectors; of several faces the largest counts, as at the desk."""

    def enrol_one(path: Path) -> Enrolled:
        looked = look_at(bench, path)
        if isinstance(looked, Unusable):
            return Enrolled(None, looked.reason)
        faces = looked.analysis.faces
        if not faces:
            return Enrolled(None, "no face was found")
        face = _largest(faces)
        return Enrolled(face.vector, quality=face.quality, faces=len(faces))

    return enrol_one


def _largest(faces: list["AnalysedFace"]) -> "AnalysedFace":
    return max(faces, key=lambda face: face.quality.eye_distance)


def _thumbnail(png: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as crop:
        crop.thumbnail((_THUMBNAIL, _THUMBNAIL))
        file = io.BytesIO()
        crop.convert("RGB").save(file, format="JPEG", quality=85)
    return file.getvalue()


def _known_likeness(bench: Workbench, space: Space) -> Likeness:
    likeness = likeness_of(space, bench.paths.models)
    if likeness is None:
        raise BadInput(f"No threshold is known for the model {space.model}.", "Give one with --threshold.")
    return likeness
