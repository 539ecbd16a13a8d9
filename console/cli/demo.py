"""`triage demo`: a whole deployment on sample pictures, then the console, or a summary where nobody is watching."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from config.settings import load_demo_settings
from console.cli.exits import Exit
from console.cli.frame import examples, single
from console.cli.opening import Deployment, log_to_stderr, open_bench, open_deployment
from console.cli.output import print_line, print_table, say
from console.cli.progress import progress_on_stderr
from console.identity import signed_in_account

if TYPE_CHECKING:
    from jobs.demo import DemoSummary

app = single()


@app.command(epilog=examples("triage demo", "triage demo --headless", "TRIAGE_HOME=/tmp/demo triage demo"))
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Print what happened instead of the console.")] = False,
) -> None:
    """Try Triage on sample pictures: services, a gallery, referrals of every kind, then the console.

    Runs in TRIAGE_HOME, which must be new or a demonstration already, or in a home of its own. A second run starts in
    seconds and doubles nothing. Leaving the console stops everything. Without a terminal it prints a summary, and
    exits with 0 where all went as it should.
    """
    from jobs.demo import claim_home, summarise
    from jobs.services import running_services

    started = time.monotonic()
    settings = load_demo_settings()
    claim_home(settings.paths)
    here = open_deployment(settings)
    log_to_stderr(here.settings)
    say(f"The demonstration lives in {here.paths.home}")
    with running_services(here.settings, here.paths, here.paths.logs):
        _prepare(here)
        if headless or not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
            summary = summarise(open_bench(here))
            _print(summary, time.monotonic() - started)
            raise typer.Exit(Exit.DONE if summary.well else Exit.FAILURES)
        _open_console(here)


def _prepare(here: Deployment) -> None:
    from jobs.demo import add_players, fill_gallery, send_referrals

    bench, folder = open_bench(here), here.paths.home / "demo"
    add_players(bench, signed_in_account())
    with progress_on_stderr("Enrolling the gallery") as advance:
        fill_gallery(bench, folder / "gallery", advance)
    with progress_on_stderr("Processing referrals") as advance:
        send_referrals(bench, folder / "incoming", advance, say)


def _open_console(here: Deployment) -> None:
    from console.app import run_console

    run_console(lambda: here)


def _print(summary: "DemoSummary", seconds: float) -> None:
    print_table(
        ("referral", "shows", "state", "what the machine found", ""),
        (
            (row.referral, row.shows, row.state.replace("_", " "), row.found, "ok" if row.as_expected else "UNEXPECTED")
            for row in summary.rows
        ),
        empty="",
    )
    whole = "whole" if summary.ledger_whole else "BROKEN"
    sums = "close" if summary.sums_close else "DO NOT CLOSE"
    print_line("")
    print_line(
        f"The gallery holds {summary.references} people with {summary.faces} faces. The ledger's "
        f"{summary.ledger_events} events are {whole}, the sums {sums}. It took {seconds:.0f} s."
    )
    print_line("The machine proposes; two people decide. The console: triage demo, in a terminal.")
