"""`triage intake`: reports that arrive as files in a folder."""

import signal
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from console.cli.exits import Exit
from console.cli.frame import As, Json, examples, group
from console.cli.opening import open_bench, open_deployment
from console.cli.output import counted, print_json, print_line, say
from console.identity import acting_or_machine

app = group("Take in reports that arrive as files in a folder.")


@app.command(epilog=examples("triage intake watch /srv/incoming", "triage intake watch /srv/incoming --once --json"))
def watch(
    folder: Annotated[
        str | None, typer.Argument(metavar="[DIR]", help="The folder; without one, that of intake.watch_folder.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Take in what is complete now, and end.")] = False,
    still: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0.1, help="How long an entry must be unchanged.")
    ] = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Take in each file and sub-folder that arrives in DIR once it is complete, and move it to DIR/done or DIR/refused.

    Complete is what has not changed for intake.watch_still_seconds. Names such as *.part, *.tmp and .hidden are left
    alone: rename a file to its own name when it is whole. A refused one has its reason in a file beside it; every one
    has its receipt. It may be killed at any moment: what was not moved is taken in again, as a duplicate at the worst.
    With --once it ends with 1 where something was refused.
    """
    from jobs.errors import BadInput
    from jobs.intake_watch import told
    from jobs.intake_watch import watch as go_on_watching
    from jobs.signs_of_life import only_one
    from jobs.watched_folder import WatchedFolder, take_in_complete

    here = open_deployment()
    chosen = folder or here.settings.intake.watch_folder
    if chosen is None:
        raise BadInput("No folder is named.", "Name one: triage intake watch DIR, or set intake.watch_folder")
    with here.records.database.read() as session:
        actor = acting_or_machine(session, here.paths, as_name)
    seconds = here.settings.intake.watch_still_seconds if still is None else still
    watched, bench = WatchedFolder(Path(chosen).expanduser().absolute(), seconds), open_bench(here)
    if not once:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        signal.signal(signal.SIGINT, lambda *_: stop.set())
        say(f"Watching {watched.folder}. Ctrl-C ends it.")
        go_on_watching(bench, watched, stop, actor=actor, say=say)
        return
    watched.prepare()
    with only_one(watched.folder / ".triage-watch.lock", f"{watched.folder} is watched by another process"):
        watched.complete()
        time.sleep(seconds + 0.01)
        dealt_with = list(take_in_complete(bench, watched, actor=actor, say=say))
    if as_json:
        print_json([{"name": one.name, "moved_to": str(one.place)} | one.receipt for one in dealt_with])
    else:
        for one in dealt_with:
            print_line(told(one))
        if not dealt_with:
            print_line("Nothing is complete in it.")
        elif refused := sum(one.refused for one in dealt_with):
            print_line(f"{counted(refused, 'entry', 'entries')} refused; why stands beside each.")
    if any(one.receipt["refused"] for one in dealt_with):
        raise typer.Exit(Exit.FAILURES)
