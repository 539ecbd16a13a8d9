"""Under which conditions an evaluation was made: models, settings, programs and data, so that it can be repeated."""

import hashlib
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from config.models import Metric, load_manifest, mark_of
from engine.formats.text import printable
from engine.vision.imported import ImportedModel
from jobs import embedders
from jobs.workbench import Workbench

#: Programs whose numbers a figure rests on.
_PROGRAMS = ("triage", "torch", "onnxruntime", "numpy", "pillow")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What stood fixed while the pictures were looked at.

    space: id of the vectors' space. weights_sha256 to validated_on: of the embedder, as its manifest or the unit's own
    declaration says. caution: the mark of the model. detector: name, checksum and settings. table_sha256: of the CSV's
    bytes; rows: how many it has.
    """

    made_at: str
    model: str
    space: str
    metric: Metric
    dimension: int
    weights_sha256: str
    alignment: str
    licence: str
    trained_on: str
    validated_on: str
    caution: str
    detector: str
    detector_licence: str
    table: str
    table_sha256: str
    rows: int
    root: str
    programs: dict[str, str]


def conditions_of(bench: Workbench, table: Path, root: Path, rows: int) -> Conditions:
    """The conditions of an evaluation that has just been made with the models of a workbench."""
    known = embedders.named(bench.paths.models, bench.pipeline.embedder.name)
    source = known.source.declaration if isinstance(known.source, ImportedModel) else known.source
    identity = bench.pipeline.embedder.identity
    return Conditions(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        model=known.name,
        space=known.space.id,
        metric=known.space.metric,
        dimension=known.space.dimension,
        weights_sha256=identity.weights_sha256,
        alignment=identity.alignment,
        licence=source.licence,
        trained_on=source.trained_on,
        validated_on=source.validated_on,
        caution=mark_of(known.space.description),
        detector=bench.pipeline.detector_identity,
        detector_licence=load_manifest().detector.licence,
        table=printable(table),
        table_sha256=hashlib.sha256(table.read_bytes()).hexdigest(),
        rows=rows,
        root=printable(root.absolute()),
        programs={"python": platform.python_version()} | {name: version(name) for name in _PROGRAMS},
    )
