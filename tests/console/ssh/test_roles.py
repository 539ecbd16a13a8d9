"""What roles may run over SSH: commands that exist, and none that could name a file of the machine unseen."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from console.cli.main import COMMANDS, app
from console.ssh.roles import ALLOWED
from console.ssh.session import names_a_file
from engine.records.words import UserRole

_ROOT: Any = typer.main.get_command(app)


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the program by its path."""
    for name in COMMANDS:
        command = _ROOT.get_command(None, name)
        if hasattr(command, "commands"):
            yield from (((name, inner), one) for inner, one in command.commands.items())
        else:
            yield (name,), command


def test_every_role_has_its_allowance() -> None:
    assert set(ALLOWED) == set(UserRole)


@pytest.mark.parametrize("role", UserRole)
def test_an_allowance_names_commands_that_exist(role: UserRole) -> None:
    known = {path[:length] for path, _ in commands() for length in (1, 2)}
    assert set(ALLOWED[role].commands) <= known


def test_the_narrow_roles_stay_narrow() -> None:
    allowed = {role: {path[0] for path, _ in commands() if ALLOWED[role].allows(path)} for role in UserRole}
    assert allowed[UserRole.INTAKE] == {"enqueue", "batch"}
    assert allowed[UserRole.AUDITOR] == {"ledger"}
    assert not allowed[UserRole.ONCALL] & {
        "referral",
        "person",
        "case",
        "gallery",
        "search",
        "detect",
        "ledger",
        "user",
    }
    never = {
        "demo",
        "up",
        "worker",
        "keeper",
        "service",
        "config",
        "ssh",
        "decide",
        "evaluate",
        "bench",
        "search",
        "detect",
    }
    assert not never & set().union(*allowed.values())


def test_a_parameter_whose_help_speaks_of_a_file_is_known_as_one() -> None:
    unknown = {
        f"{' '.join(path)} {parameter.name}"
        for path, command in commands()
        if any(allowance.allows(path) for allowance in ALLOWED.values())
        for parameter in command.params
        if not getattr(parameter, "is_flag", False)
        and {"file", "folder", "path"} & set((getattr(parameter, "help", "") or "").lower().replace(":", " ").split())
        and not names_a_file(parameter.metavar, "x")
    }
    # These take a word of a vocabulary.
    assert unknown == {"enqueue format_name", "hashlist import format_name", "hashlist import meaning"}
