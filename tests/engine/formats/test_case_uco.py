"""CASE/UCO linked data of an export: the published shapes hold, and everything that is pointed to is there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.formats.export.case_uco import case_uco
from engine.formats.export.content import LEAD, ExportedReport
from tests.engine.formats.export_world import a_conclusion, a_report, a_subject

VALIDATOR = Path(sys.executable).with_name("case_validate")
WHOLE = a_conclusion("D9", "Ada Lund", holds="set aside", exhibit=False)


def graph(report: ExportedReport) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = json.loads(case_uco(report))["@graph"]
    return nodes


def of_type(nodes: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [node for node in nodes if node["@type"] == kind]


def pointed_to(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(pointed_to, value))
    if isinstance(value, dict):
        own = {value["@id"]} if "@id" in value else set()
        return own.union(*(pointed_to(one) for one in value.values()))
    return set()


def test_every_node_is_there_once_and_all_that_is_pointed_to() -> None:
    nodes = graph(a_report(conclusions=(WHOLE,)))
    ids = [node["@id"] for node in nodes]
    assert len(set(ids)) == len(ids)
    assert pointed_to(nodes) == set(ids)


def test_both_conclusions_their_exhibits_and_that_they_are_leads() -> None:
    nodes = graph(a_report())
    assert [node["core:name"] for node in of_type(nodes, "investigation:InvestigativeAction")] == [
        "Conclusion D1",
        "Conclusion D2",
        "Export of R1",
    ]
    assert [node["investigation:exhibitNumber"] for node in of_type(nodes, "investigation:ProvenanceRecord")] == [
        "E1",
        "E2",
    ]
    assert all(LEAD in node["core:statement"] for node in of_type(nodes, "core:Annotation"))


def test_ids_are_the_same_again_and_others_elsewhere() -> None:
    first, again, elsewhere = (graph(a_report(seed=seed)) for seed in ("one", "one", "other"))
    assert first == again
    assert not pointed_to(first) & pointed_to(elsewhere)


@pytest.mark.slow
@pytest.mark.skipif(not VALIDATOR.exists(), reason="case-utils, which carries the shapes of CASE/UCO, is not installed")
@pytest.mark.parametrize("broken", [False, True], ids=["as it is", "with a hash that is none"])
def test_the_published_shapes_hold(tmp_path: Path, broken: bool) -> None:
    bare = a_subject(id="S2", pictures=(), considered=(), person="", model="", conclusions=())
    document = case_uco(a_report(subjects=(a_subject(), bare), conclusions=(WHOLE,)))
    if broken:
        document = document.replace(b'"types:hashMethod": "SHA256",', b"")
    path = tmp_path / "case_uco.jsonld"
    path.write_bytes(document)
    done = subprocess.run([VALIDATOR, path], capture_output=True, text=True)
    assert f"Conforms: {not broken}" in done.stdout, done.stdout + done.stderr
