"""The entry point `triage`: the table of commands, each loaded only when it is called."""

import sys
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import typer
from typer.core import TyperGroup

from console.cli.exits import guarded, interruptible


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives (a module with `app`) and the line that `triage --help` shows for it."""

    module: str
    help: str


COMMANDS = {
    "demo": Entry("console.cli.demo", "A whole deployment on sample pictures: services, gallery, referrals, console."),
    "console": Entry("console.cli.console", "Open the investigator's console."),
    "up": Entry("console.cli.up", "Start Redis, the workers and the keeper, and keep them running."),
    "enqueue": Entry("console.cli.enqueue", "Put referrals in: folders, pictures and videos."),
    "intake": Entry("console.cli.intake", "Take in reports that arrive as files in a folder."),
    "referral": Entry("console.cli.referral", "List referrals, show one, put it on hold or withdraw it."),
    "subject": Entry("console.cli.subject", "The people of a referral: show one, split, merge, set the role."),
    "face": Entry("console.cli.face", "Mark a face by hand where the machine found none."),
    "batch": Entry("console.cli.batch", "What each call of enqueue took in and refused."),
    "priority": Entry("console.cli.priority", "The rules that put referrals in order: show, check, apply."),
    "hashlist": Entry("console.cli.hashlist", "Lists of known files by their hashes: import, list, check, remove."),
    "case": Entry("console.cli.case", "Create cases and link referrals to them."),
    "person": Entry("console.cli.person", "List people, show one, record who is related to whom."),
    "gallery": Entry("console.cli.gallery", "Create, fill, list and remove reference galleries."),
    "detect": Entry("console.cli.detect", "Find the faces in pictures, without storing anything."),
    "search": Entry("console.cli.search", "Search galleries for the face in a picture."),
    "decide": Entry("console.cli.decide", "Record a conclusion about a subject (demo homes and tests)."),
    "evaluate": Entry("console.cli.evaluate", "Measure the models on your own labelled pictures."),
    "health": Entry("console.cli.health", "Are referrals flowing? For people and for monitoring."),
    "jobs": Entry("console.cli.jobs", "Look at failed jobs; retry or discard them; pause and resume."),
    "reconcile": Entry("console.cli.reconcile", "Give every waiting referral its job back."),
    "permit": Entry("console.cli.permit", "Grant, list and revoke the authority to search."),
    "user": Entry("console.cli.user", "Add, list and revoke users and their SSH keys."),
    "ssh": Entry("console.cli.ssh", "Sign-in over SSH: what an administrator gives to sshd."),
    "ledger": Entry("console.cli.ledger", "List and verify what was done, and by whom."),
    "models": Entry("console.cli.models", "The networks: licence, training data, validation, checksums."),
    "index": Entry("console.cli.index", "The face index: list, build and check."),
    "standing": Entry("console.cli.standing", "What came later against everybody not yet found."),
    "config": Entry("console.cli.config", "Show every setting, its value and where it comes from."),
    "bench": Entry("console.cli.bench", "How fast this machine does the work."),
    "worker": Entry("console.cli.worker", "Run one worker on one lane (a line of the Procfile)."),
    "keeper": Entry("console.cli.keeper", "Run the keeper (a line of the Procfile)."),
    "service": Entry("console.cli.service", "Run an embedded service (a line of the Procfile)."),
}


class LazyGroup(TyperGroup):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (interface)
        """The names in the order of the table: what people use first comes first."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load the command; a name that does not exist is a wrong use, with the nearest one that does."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            near = get_close_matches(cmd_name, COMMANDS, n=1)
            return ctx.fail(f"No such command {cmd_name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        command = typer.main.get_command(import_module(entry.module).app)
        command.name = cmd_name
        return command

    def invoke(self, ctx: Any) -> Any:
        """Run the command; the library itself would end with 1 when the reader leaves, and say nothing on Ctrl-C."""
        return interruptible(partial(super().invoke, ctx))

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 (interface)
        """List the commands from the table, so that `--help` loads none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def triage() -> None:
    """A terminal console on a job queue for police victim-identification units.

    Start with `triage demo`. Every command has --help with an example.
    """


def run() -> None:
    """Run the command line and leave with the contract's exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that cannot write a letter gets a question mark, not a failed command.
            stream.reconfigure(errors="replace")
    guarded(lambda: app(prog_name="triage"))
