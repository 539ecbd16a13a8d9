"""`triage evaluate`: the models of this deployment on labelled pictures; nothing is stored and nothing searched."""

from pathlib import Path
from typing import Any

from engine.search import evaluate
from engine.search.evaluate import Enrolled, Enroller, Progress
from engine.search.evaluation_tables import read_identities, read_pairs
from engine.search.space import Space, space_of
from jobs.errors import BadInput
from jobs.likeness import likeness_of
from jobs.look import Unusable, look_at
from jobs.workbench import Workbench


def evaluate_pairs(
    bench: Workbench, table: Path, root: Path, *, threshold: float | None = None, progress: Progress
) -> dict[str, Any]:
    """Compare the pairs of a CSV (a, b, same); the figures as `triage evaluate pairs --json` prints them.

    Without a threshold pairs are called the same above the one of the model's author. Raises BadTable, and BadInput
    where no threshold is known.
    """
    rows = read_pairs(table)
    space = space_of(bench.pipeline.embedder)
    threshold = _known_threshold(space) if threshold is None else threshold
    report = evaluate.pairs(rows, root, _enroller(bench), space, threshold=threshold, progress=progress)
    return _about(space) | evaluate.document(report)


def evaluate_identify(bench: Workbench, table: Path, root: Path, *, progress: Progress) -> dict[str, Any]:
    """Search with each picture of a CSV (file, identity) among the others; as `triage evaluate identify --json` prints.

    Raises BadTable.
    """
    rows = read_identities(table)
    space = space_of(bench.pipeline.embedder)
    report = evaluate.identify(rows, root, _enroller(bench), space, progress=progress)
    found = evaluate.document(report)
    at_rates = found.pop("found_at_fpir")
    return _about(space) | found | {"fnir_at_fpir": [_missed(one) for one in at_rates]}


def _missed(at_rate: dict[str, Any]) -> dict[str, Any]:
    """The share of searches that missed their mate, in place of the share that found it."""
    share = at_rate.pop("share")
    return at_rate | {"fnir": None if share is None else 1 - share}


def _enroller(bench: Workbench) -> Enroller:
    """Pictures to vectors; of several faces the largest counts, as at the desk."""

    def enrol(path: Path) -> Enrolled:
        looked = look_at(bench, path)
        if isinstance(looked, Unusable):
            return Enrolled(None, looked.reason)
        if not looked.analysis.faces:
            return Enrolled(None, "no face was found")
        return Enrolled(max(looked.analysis.faces, key=lambda face: face.quality.eye_distance).vector)

    return enrol


def _known_threshold(space: Space) -> float:
    likeness = likeness_of(space)
    if likeness is None:
        raise BadInput(f"No threshold is known for the model {space.model}.", "Give one with --threshold.")
    # Below it two pictures are held to be unlike: the rule of the model's author.
    return likeness.unlike


def _about(space: Space) -> dict[str, Any]:
    return {"model": space.model, "space": space.id, "metric": space.metric}
