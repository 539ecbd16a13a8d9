"""What `triage models` shows: each network with what is known of it, its space, and whether it is at work."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from config.models import ModelEntry, load_manifest, mark_of
from console.cli.opening import Deployment
from console.cli.output import counted, moment
from engine.records.faces import fills, spaces
from engine.records.faces.fills import FillState
from engine.records.people import users
from engine.vision.errors import WeightsError
from engine.vision.imported import ImportedModel, weights_of
from engine.vision.weights import locate
from jobs import embedders
from jobs.embedders import KnownEmbedder

#: What stands beside every imported model.
_CAUTION = (
    "What is said of it was declared by this unit; Triage has only tested that it tells adults apart. Evaluate it on "
    "your own data before you rely on it. No match does not mean that the person is not there."
)


def documents(here: Deployment) -> tuple[list[dict[str, Any]], list[WeightsError]]:
    """Every network as `triage models list --json` prints it, and what is wrong with files that cannot be used."""
    known, problems = embedders.find_all(here.paths.models)
    with here.records.database.read() as session:
        at_work = spaces.space_at_work(session)
        # Until a model was put to work, the one that came with Triage will be.
        space_id = known[0].space.id if at_work is None else at_work.id
        decision = _decision(session, space_id)
        filling = {embedder.space.id: _fill(session, embedder.space.id) for embedder in known}
    detector = load_manifest().detector
    found = [_shipped(detector) | {"space": None, "active": True, "activation": None, "fill": None, "mark": None}]
    for embedder in known:
        active = embedder.space.id == space_id
        about = {"space": embedder.space.id, "active": active, "activation": decision if active else None}
        found.append(
            _embedder(embedder)
            | about
            | {"fill": filling.get(embedder.space.id), "mark": mark_of(embedder.space.description)}
        )
    return found, problems


def facts(document: dict[str, Any]) -> dict[str, object]:
    """A network's document as people read it."""
    test, activation = document["self_test"], document["activation"]
    return {
        "model": document["name"],
        "role": document["role"] + (", at work" if document["active"] else ", not at work"),
        "file": _file(document),
        "licence": document["licence"],
        "trained on": document["trained_on"],
        "validated on": document["validated_on"],
        "mark": document["mark"],
        "caution": document["caution"],
        "self-test": f"AUC {test['auc']:.4f} on sample faces of adults" if test else None,
        "enters as": document["preprocessing"],
        "vectors": f"{document['dimension']} values, {document['metric']}" if document["dimension"] else None,
        "space": document["space"],
        "faces": _faces(document["fill"]),
        "activated": f"{moment(activation['at'])} by {activation['by']}" if activation else None,
        "reason": activation["reason"] if activation else None,
        "evaluation": activation["evaluation"] if activation else None,
    }


def filled(name: str, state: FillState) -> str:
    """How far the space of a model is filled, and what to do next."""
    done = f"{state.filled:,} of {counted(state.faces, 'face')} in the records have a vector of {name}."
    if state.problem:
        return f"{done} It stopped: {state.problem} Put that right, then: triage models fill {name}"
    if not state.complete:
        return f"{done} Background jobs embed the others: triage models list"
    if state.unfilled:
        return f"{done} {state.unfilled:,} cannot be embedded: triage models unfilled {name}"
    return f"{done} Next: triage models compare {name}"


def checks(here: Deployment) -> list[dict[str, Any]]:
    """Each network's file: its path where it is as declared, otherwise the problem and what to do about it."""
    known, problems = embedders.find_all(here.paths.models)
    found = [_check_shipped(entry) for entry in load_manifest().models]
    for embedder in known:
        if isinstance(embedder.source, ImportedModel):
            found.append(_check_imported(here, embedder.source))
    return found + [_checked("an imported model", "", problem=problem) for problem in problems]


def _check_shipped(entry: ModelEntry) -> dict[str, Any]:
    try:
        return _checked(entry.name, entry.sha256, path=str(locate(entry)))
    except WeightsError as error:
        return _checked(entry.name, entry.sha256, problem=error)


def _check_imported(here: Deployment, model: ImportedModel) -> dict[str, Any]:
    try:
        weights_of(here.paths.models, model)
    except WeightsError as error:
        return _checked(model.declaration.name, model.weights_sha256, problem=error)
    path = str(here.paths.models / model.weights_file)
    return _checked(model.declaration.name, model.weights_sha256, path=path)


def _checked(name: str, sha256: str, *, path: str | None = None, problem: WeightsError | None = None) -> dict[str, Any]:
    return {
        "model": name,
        "sha256": sha256,
        "path": path,
        "problem": problem.message if problem else None,
        "hint": problem.hint if problem else None,
    }


def _decision(session: Session, space_id: str) -> dict[str, Any] | None:
    for activation in spaces.activations(session):
        if activation.space_id == space_id:
            return {
                "at": activation.decided_at,
                "by": users.get_user(session, activation.decided_by_id).name,
                "reason": activation.reason,
                "evaluation": activation.evaluation,
            }
    return None


def _fill(session: Session, space_id: str) -> dict[str, Any] | None:
    """How far a space is filled; none for a model without a vector that nobody has asked to be filled."""
    state = fills.state_of(session, space_id)
    if not state.filled and fills.fill_of(session, space_id) is None:
        return None
    return asdict(state) | {"missing": state.missing}


def _faces(fill: dict[str, Any] | None) -> str | None:
    if fill is None:
        return None
    words = f"{fill['filled']:,} of {fill['faces']:,} filled"
    words += f", {fill['unfilled']:,} cannot be" if fill["unfilled"] else ""
    words += ", paused" if fill["paused"] and fill["missing"] else ""
    return words + (f"; it stopped: {fill['problem']}" if fill["problem"] else "")


def _embedder(embedder: KnownEmbedder) -> dict[str, Any]:
    source = embedder.source
    return _imported(source) if isinstance(source, ImportedModel) else _shipped(source)


def _shipped(entry: ModelEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "role": entry.role,
        "origin": "shipped",
        "package": entry.package,
        "version": entry.version,
        "file": entry.file,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "trained_on": entry.trained_on,
        "validated_on": entry.validated_on,
        "validated_on_children": False,
        "caution": entry.caution,
        "input_size": entry.input_size,
        "preprocessing": None,
        "alignment": None,
        "dimension": entry.dimension,
        "metric": entry.metric,
        "self_test": None,
    }


def _imported(model: ImportedModel) -> dict[str, Any]:
    declaration, identity = model.declaration, model.description.identity
    return {
        "name": declaration.name,
        "role": "embedder",
        "origin": "imported",
        "package": None,
        "version": None,
        "file": model.weights_file,
        "sha256": model.weights_sha256,
        "licence": declaration.licence,
        "trained_on": declaration.trained_on,
        "validated_on": declaration.validated_on,
        # Nothing that Triage could know: the unit's words stand in validated_on.
        "validated_on_children": None,
        "caution": _CAUTION,
        "input_size": declaration.input_size,
        "preprocessing": identity.preprocessing,
        "alignment": identity.alignment,
        "dimension": model.dimension,
        "metric": declaration.metric,
        "self_test": {
            "auc": model.self_test.auc,
            "decidability": model.self_test.decidability,
            "same_pairs": model.self_test.same_pairs,
            "different_pairs": model.self_test.different_pairs,
        },
    }


def _file(document: dict[str, Any]) -> str:
    if document["origin"] == "imported":
        return f"{document['file']}, imported"
    return f"{document['file']} of {document['package']} {document['version']}"
