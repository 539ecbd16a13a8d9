"""`triage models`: which networks Triage loads, what is known about them, and whether their files are intact."""

from typing import Any

import typer

from config.models import ModelEntry, load_manifest
from console.cli.exits import Exit
from console.cli.frame import Json, examples, group
from console.cli.output import print_facts, print_json, print_line, print_table
from engine.vision.errors import WeightsError
from engine.vision.weights import locate

app = group("The networks: licence, training data, validation, checksums.")

_WARNING = "The embedder was trained on adults; nothing here has been validated on children."


@app.command("list", epilog=examples("triage models list", "triage models list --json"))
def list_(as_json: Json = False) -> None:
    """List the networks with what is known, and what is not, about each."""
    manifest = load_manifest()
    if as_json:
        print_json([_document(entry) for entry in manifest.models])
        return
    for entry in manifest.models:
        print_facts(
            {
                "model": entry.name,
                "role": entry.role,
                "file": f"{entry.file} of {entry.package} {entry.version}",
                "licence": entry.licence,
                "trained on": entry.trained_on,
                "validated on": entry.validated_on,
                "caution": entry.caution,
                "vectors": f"{entry.dimension} values, {entry.metric}" if entry.dimension else None,
            }
        )
        print_line("")
    print_line(_WARNING)
    print_line("Check the files themselves: triage models verify")


@app.command(epilog=examples("triage models verify"))
def verify(as_json: Json = False) -> None:
    """Check that each network's file is installed and is the declared one, by its SHA-256."""
    checks = [_check(entry) for entry in load_manifest().models]
    if as_json:
        print_json(checks)
    else:
        print_table(
            ("model", "sha256", "finding"),
            ((check["model"], check["sha256"][:16], check["problem"] or "as declared") for check in checks),
            empty="",
        )
        for hint in sorted({check["hint"] for check in checks if check["hint"]}):
            print_line(hint)
    if any(check["problem"] for check in checks):
        raise typer.Exit(Exit.FAILURES)


def _check(entry: ModelEntry) -> dict[str, Any]:
    path, problem, hint = None, None, None
    try:
        path = locate(entry)
    except WeightsError as error:
        problem, hint = str(error), error.hint
    return {"model": entry.name, "sha256": entry.sha256, "path": path, "problem": problem, "hint": hint}


def _document(entry: ModelEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "role": entry.role,
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
        "dimension": entry.dimension,
        "metric": entry.metric,
    }
