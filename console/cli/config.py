"""`triage config`: every setting in force."""

from typing import Annotated

import typer

from config.settings import explain
from console.cli.frame import Json, examples, group
from console.cli.output import print_json, print_table

app = group("Show every setting, its value and where it comes from.")


@app.command(epilog=examples("triage config show", "triage config show review", "triage config show --json"))
def show(
    part: Annotated[str, typer.Argument(metavar="[PART]", help="Only settings whose name starts with this.")] = "",
    as_json: Json = False,
) -> None:
    """Show every setting: its value, its origin (default, file or environment) and its meaning."""
    found = [setting for setting in explain() if setting.key.startswith(part)]
    if as_json:
        print_json([{"key": item.key, "value": item.value, "origin": item.origin, "help": item.help} for item in found])
        return
    print_table(
        ("setting", "value", "origin"),
        ((item.key, _value(item.value), item.origin) for item in found),
        empty=f"No setting starts with {part}. See all: triage config show",
    )


def _value(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
