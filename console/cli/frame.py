"""What all commands share in form: how a group is made, the options they have in common, examples in their help."""

from typing import Annotated

import typer

#: `--json` of every command that returns data.
Json = Annotated[bool, typer.Option("--json", help="Write one JSON document to standard output.")]

#: `--as` of the commands in which somebody acts.
As = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="Act as this user; only in a home that holds a demonstration."),
]


def single() -> typer.Typer:
    """An app of one command, which is called by the app's own name."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def group(about: str) -> typer.Typer:
    """An app of several commands, each called by its name after the group's."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=about)
    # With a callback an app stays a group even while it has one command only.
    app.callback()(lambda: None)
    return app


def examples(*lines: str) -> str:
    """The end of a command's help: what one would type, kept line by line (\\b stops the rewrapping)."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)
