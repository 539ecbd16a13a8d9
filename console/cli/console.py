"""`triage console`: the investigator's screens."""

import sys
from typing import TYPE_CHECKING

import typer

from console.cli.frame import As, examples, single

if TYPE_CHECKING:
    from console.cli.opening import Deployment

app = single()


@app.command(epilog=examples("triage console", "triage console --as anna    (in a demonstration)"))
def console(as_name: As = None) -> None:
    """Open the console: step through what is ready, look, decide, next. Press ? on any screen for its keys."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.BadParameter("the console needs a terminal (ssh -t); scripts use `triage referral list --json`.")

    from console.app import run_console

    run_console(_deployment, as_name)


def _deployment() -> "Deployment":
    # The records' libraries load while the first screen stands already.
    from console.cli.opening import open_deployment

    return open_deployment()
