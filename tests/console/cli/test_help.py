"""Every command can be found, explains itself with an example, and is what the program's own hints call it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from console.cli.main import COMMANDS, app
from tests.console.cli.program import Program

REPOSITORY = Path(__file__).parents[3]
# What follows `triage` in a sentence: a command, and the word after it, which may be a command of a group.
MENTION = re.compile(r"(?<![\w.-])triage ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?")
# "triage" in plain sentences of docstrings about the program itself.
NOT_COMMANDS = {"is", "on", "shows", "itself"}


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that can be typed, with what follows `triage`."""
    group = typer.main.get_command(app)
    context = typer.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {word}", one) for word, one in inner.items())


def mentions() -> Iterator[tuple[str, str, str | None]]:
    """Every `triage ...` in a string of the program: where, the command, the word after it."""
    for folder in ("config", "engine", "jobs", "console"):
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    for found in MENTION.finditer(node.value):
                        if found[1] not in NOT_COMMANDS:
                            yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", found[1], found[2]


def test_every_command_has_an_example_of_itself() -> None:
    for name, command in commands():
        assert command.help, name
        assert f"triage {name}" in (command.epilog or ""), name
        assert "Example:" in command.epilog, name


def test_every_command_that_the_program_names_exists() -> None:
    known = {name for name, _ in commands()}
    groups = {name.split()[0] for name in known if " " in name}
    wrong = [
        f"{where}: triage {command} {word or ''}"
        for where, command, word in mentions()
        if command not in COMMANDS or (command in groups and word is not None and f"{command} {word}" not in known)
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_help_lists_every_command(empty: Program) -> None:
    run = empty("--help")
    assert run.code == 0
    for name in COMMANDS:
        assert f"  {name} " in run.out


@pytest.mark.parametrize("arguments", [["enqueue"], ["referral", "show"], ["permit", "grant"]])
def test_help_fits_80_columns(empty: Program, arguments: list[str]) -> None:
    run = empty(*arguments, "--help", COLUMNS="80")
    assert run.code == 0
    before_examples = run.out.split("Example:")[0]
    assert max(len(line) for line in before_examples.splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["refferal"], "Did you mean 'referral'?"),
        (["referral"], "Usage: triage referral"),
        (["referral", "show"], "Missing argument 'ID'"),
        (["user", "add", "Ib", "--role", "king"], "'king'"),
        (["enqueue", ".", "--priority", "soon"], "'soon'"),
        (["decide", "S1"], "--no-match"),
        (["decide", "S1", "--no-match", "--undo"], "give one of"),
        (["decide", "S1", "--conclusion", "identified"], "--candidate C goes with"),
        (["health", "--json", "--prometheus"], "choose one"),
    ],
)
def test_wrong_use_exits_with_2_and_the_usage(empty: Program, arguments: list[str], words: str) -> None:
    run = empty(*arguments)
    assert run.code == 2
    assert run.out == "" or arguments == ["referral"]
    assert "Usage: triage" in run.err
    assert words in run.err
