"""`triage models`: what is known of each network, which one is at work, and bringing one's own."""

from pathlib import Path

import pytest

from config.paths import Paths
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.people import users
from engine.records.words import UserRole
from tests.console.cli.program import ACCOUNT, Program
from tests.engine.vision.onnx_models import DECLARED, DIMENSION, kept, projection

ACTIVATE = ("models", "activate", "small", "--reason", "finds more of our own", "--evaluation", "report 7")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A model with its declaration beside it."""
    file = tmp_path / "small.onnx"
    file.write_bytes(projection())
    file.with_suffix(".toml").write_text("\n".join(f"{name} = {value!r}" for name, value in DECLARED.items()))
    return file


def test_the_shipped_embedder_is_at_work_until_another_one_is_activated(triage: Program) -> None:
    kept(Paths(triage.home).models)
    shipped, small = listed(triage)
    assert (shipped["name"], shipped["active"], shipped["activation"]) == ("dlib-resnet-v1", True, None)
    assert (small["name"], small["active"], small["origin"]) == ("small", False, "imported")
    assert (small["licence"], small["dimension"], small["metric"]) == ("none needed", DIMENSION, "cosine")
    assert small["validated_on_children"] is None
    assert small["space"] != shipped["space"]

    activated = triage(*ACTIVATE, "--json")
    assert activated.code == 0, activated.err
    shipped, small = listed(triage)
    assert (shipped["active"], small["active"]) == (False, True)
    assert activated.document == small
    decision = small["activation"]
    assert (decision["by"], decision["reason"], decision["evaluation"]) == ("Ada", "finds more of our own", "report 7")
    text = triage("models", "list").out
    assert "embedder, at work" in text
    assert "report 7" in text
    assert "space.activated" in triage("ledger", "list").out
    assert triage("models", "activate", "dlib-resnet-v1", "--reason", "back", "--evaluation", "report 8").code == 0
    assert [one["active"] for one in listed(triage)] == [True, False]


def listed(triage: Program) -> list[dict]:
    """The embedders."""
    return [one for one in triage("models", "list", "--json").document if one["role"] == "embedder"]


def test_activating_takes_a_supervisor_and_a_model_that_is_there(empty: Program, records: Records) -> None:
    kept(Paths(empty.home).models)
    nobody = empty(*ACTIVATE)
    assert nobody.code == 3
    with records.database.write() as session:
        users.add_user(session, "Bo", UserRole.INVESTIGATOR, ACCOUNT, actor=Actor.machine("setup"))
    investigator = empty(*ACTIVATE)
    assert investigator.code == 3
    assert "takes supervisor" in investigator.err
    unknown = empty("models", "activate", "other", "--reason", "x", "--evaluation", "y")
    assert unknown.code == 2
    assert "There is no model other" in unknown.err
    assert [one["active"] for one in listed(empty)] == [True, False]


def test_a_model_is_filled_here_where_no_worker_runs_and_can_be_paused(triage: Program) -> None:
    kept(Paths(triage.home).models)
    assert triage("models", "pause", "small").code == 2
    filled = triage("models", "fill", "small", "--json")
    assert filled.code == 0, filled.err
    assert "No worker is running" in filled.err
    assert filled.document["fill"] == {
        "faces": 0,
        "filled": 0,
        "unfilled": 0,
        "missing": 0,
        "paused": False,
        "problem": None,
    }
    assert triage("models", "pause", "small").code == 0
    assert listed(triage)[1]["fill"]["paused"] is True
    assert triage("models", "unfilled", "small", "--json").document == []
    assert [event["action"] for event in triage("ledger", "list", "--json").document if "fill" in event["action"]]
    assert [one["active"] for one in listed(triage)] == [True, False]
    assert triage("models", "compare", "small", "--json").document["identifications"]["kept"] == 0


@pytest.mark.parametrize("missing", ["--reason", "--evaluation"])
def test_activating_needs_reason_and_evaluation(triage: Program, missing: str) -> None:
    kept(Paths(triage.home).models)
    empty_text = [("  " if ACTIVATE[at - 1] == missing else word) for at, word in enumerate(ACTIVATE)]
    refused = triage(*empty_text)
    assert refused.code == 3
    assert "a reason and an evaluation" in refused.err


def test_an_import_names_what_is_missing_in_the_declaration(triage: Program, file: Path) -> None:
    (file.with_suffix(".toml")).unlink()
    bare = triage("models", "import", file, "--name", "small")
    assert bare.code == 2
    assert "input_size is missing" in bare.err
    assert "name is missing" not in bare.err
    none = triage("models", "import", file, "--declaration", file.with_name("none.toml"))
    assert none.code == 2
    assert "none.toml" in none.err


def test_options_are_stronger_than_the_file(triage: Program, file: Path) -> None:
    run = triage("models", "import", file, "--name", "dlib-resnet-v1")
    assert run.code == 1
    assert "There is a model dlib-resnet-v1 already" in run.err
    run = triage("models", "import", file, "--scale", "127.5")
    assert run.code == 2
    assert "which no network takes" in run.err


@pytest.mark.slow
def test_a_network_that_learned_nothing_is_refused(triage: Program, file: Path) -> None:
    run = triage("models", "import", file)
    assert run.code == 1
    assert "cannot tell people apart" in run.err
    assert len(listed(triage)) == 1


def test_changed_files_are_found(triage: Program) -> None:
    folder = Paths(triage.home).models
    model = kept(folder)
    assert triage("models", "verify").code == 0
    (folder / model.weights_file).write_bytes(b"other")
    changed = triage("models", "verify", "--json")
    assert changed.code == 1
    (problem,) = [one for one in changed.document if one["problem"]]
    assert problem["model"] == "small"
    (declaration,) = folder.glob("*.json")
    declaration.write_bytes(b"{}")
    run = triage("models", "list")
    assert run.code == 0
    assert "was altered" in run.err
    assert triage("models", "verify").code == 1
