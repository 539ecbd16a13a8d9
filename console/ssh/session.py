"""One connection over SSH: who it is, what was asked for, whether the role may, and then that and nothing else."""

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from console.cli.main import COMMANDS, app
from console.cli.opening import Deployment
from console.connection import opened_by_key
from console.ssh.roles import ALLOWED, Allowance
from engine.records import ids
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import Refused
from engine.records.people import user_keys
from engine.records.schema import User

#: What help calls a parameter that names a file.
_FILES = {"PATH", "FILE", "DIR", "FOLDER", "IMAGE"}
#: Standard input, and the id of something in the records.
_HARMLESS = re.compile(r"-|[A-Za-z][0-9]+")


def run_session(here: Deployment, key_id: int, asked: str | None) -> None:
    """Run what a connection asked for in the name of the key's user; raises NotYours and Refused.

    asked: the command line as it was typed on the other side; none for a connection that wants a terminal.
    """
    with here.records.database.read() as session:
        user = user_keys.holder_of(session, key_id)
    allowance = ALLOWED[user.role]
    try:
        words = _words(asked, allowance)
        path = _path(words)
        if not allowance.allows(path):
            raise Refused(f"The role {user.role} may not run this here.", f"It may run: {allowance.words}.")
        if path:
            _no_files(path, words[len(path) :])
    except Refused as refusal:
        _record(here, user, key_id, "authority.refused")
        raise refusal from None
    with _recorded(here, user, key_id, path), opened_by_key(key_id):
        app(list(words), prog_name="triage")


def _words(asked: str | None, allowance: Allowance) -> tuple[str, ...]:
    if asked is None:
        if allowance.first is None:
            raise Refused("Say what to run: this role has no screen.", f"It may run: {allowance.words}.")
        return allowance.first
    try:
        words = shlex.split(asked)
    except ValueError:
        raise Refused("The command has a quote that is not closed.", "Type it as: triage COMMAND ...") from None
    return tuple(words[1:] if words[:1] == ["triage"] else words)


def _path(words: Sequence[str]) -> tuple[str, ...]:
    """The names of the command in what was typed; empty where there is no such command."""
    command = _command(words[:1])
    if command is None:
        return ()
    inner = words[1] if len(words) > 1 and words[1] in getattr(command, "commands", {}) else None
    return (words[0],) if inner is None else (words[0], inner)


def _command(path: Sequence[str]) -> Any:
    """The command of a path; none for a name that is none."""
    if not path or path[0] not in COMMANDS:
        return None
    command: Any = typer.main.get_command(app).get_command(None, path[0])  # type: ignore[attr-defined]  # the lazy group's own
    return command.commands[path[1]] if len(path) > 1 else command


def _no_files(path: tuple[str, ...], arguments: Sequence[str]) -> None:
    """Raise Refused for a file or folder of this machine: what is not the user's own may not be read or written."""
    command = _command(path)
    if hasattr(command, "commands") or "--help" in arguments:
        return
    given = command.make_context(" ".join(("triage", *path)), list(arguments)).params
    for parameter in command.params:
        value = given.get(parameter.name)
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if names_a_file(parameter.metavar, one) and _HARMLESS.fullmatch(str(one)) is None:
                raise Refused(
                    "Over SSH a command opens no file of this machine.",
                    "Send it through standard input, with - in the place of the file: triage enqueue - < report.zip",
                )


def names_a_file(metavar: str | None, value: object) -> bool:
    """Whether a value given for a parameter can name a file: by its type, or by what its help calls it."""
    words = re.split(r"[^A-Z]+", metavar or "")
    return isinstance(value, Path) or (isinstance(value, str) and not _FILES.isdisjoint(words))


@contextmanager
def _recorded(here: Deployment, user: User, key_id: int, path: tuple[str, ...]) -> Iterator[None]:
    _record(here, user, key_id, "session.opened", command=" ".join(path))
    try:
        yield
    finally:
        _record(here, user, key_id, "session.closed", command=" ".join(path))


def _record(here: Deployment, user: User, key_id: int, action: str, **details: str) -> None:
    with here.records.database.write() as session:
        # Even of a user who was revoked a moment ago it is said that the session has ended.
        actor = Actor(f"user:{user.id}", user.id, user.role)
        ledger.record(
            session,
            actor=actor,
            action=action,
            target=ids.public("user", user.id),
            key=ids.public("key", key_id),
            **details,
        )
