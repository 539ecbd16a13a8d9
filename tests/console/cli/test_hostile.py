"""Names, texts and paths from hostile reports never reach the terminal raw, whatever command shows them."""

import json

import pytest

from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.intake import cases
from engine.records.words import ReferralState as S
from tests.console.cli.program import Program
from tests.console.cli.reports import bring_to, take_in

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.\r[bold]x[/bold]\x08\x7f"


@pytest.fixture
def hostile(triage: Program, records: Records) -> Program:
    """A deployment whose reports carry terminal escapes wherever a report can carry text."""
    evil = IncomingReferral(
        EVIL,
        (IncomingFile(EVIL, "unknown", data=b"evil"),),
        (RefusedInput(EVIL, EVIL),),
        report_number=EVIL,
        narrative=EVIL,
    )
    (referral,) = take_in(records, evil)
    bring_to(records, referral, S.QUEUED, S.WORKING, S.FAILED, reason=EVIL)
    with records.database.write() as session:
        cases.create_case(session, EVIL, EVIL, actor=Actor.machine("reader"))
    return triage


COMMANDS = [
    ["referral", "list"],
    ["referral", "show", "R1"],
    ["referral", "explain", "R1"],
    ["batch", "list"],
    ["batch", "show", "B1"],
    ["case", "list"],
    ["case", "show", "K1"],
    ["ledger", "list"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_text_and_json_are_safe(hostile: Program, command: list[str]) -> None:
    text = hostile(*command)
    assert text.code == 0, text.err
    document = hostile(*command, "--json")
    for written in (text.out, text.err, document.out, document.err):
        assert all(line.isprintable() for line in written.split("\n")), written
    if command[0] != "ledger" and command[1] != "explain":
        assert "[bold]x[/bold]" in text.out or command == ["batch", "list"]


def test_json_keeps_the_name_as_it_came(hostile: Program) -> None:
    document = hostile("referral", "show", "R1", "--json").document
    assert document["source"] == EVIL
    assert document["media"][0]["name"] == EVIL


@pytest.mark.parametrize("command", [["case", "show", EVIL + "?"], ["person", "show", EVIL], ["gallery", "show", EVIL]])
def test_errors_are_safe(hostile: Program, command: list[str]) -> None:
    run = hostile(*command)
    assert run.code == 2
    assert all(line.isprintable() for line in run.err.split("\n")), json.dumps(run.err)
