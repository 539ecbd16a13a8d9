"""`triage ledger`: what was done and by whom, and whether anybody changed the record of it."""

from typing import Annotated

import typer

from console.cli.exits import Exit
from console.cli.frame import As, Json, examples, group
from console.cli.ledger_view import actor_names, event_document, print_events
from console.cli.opening import open_deployment
from console.cli.output import counted, print_json, print_line
from console.identity import acting_or_setup
from engine.records.custody import ledger
from engine.records.words import UserRole

app = group("List and verify what was done, and by whom.")


@app.command("list", epilog=examples("triage ledger list", "triage ledger list --target R12 --json"))
def list_(
    target: Annotated[str | None, typer.Option(metavar="ID", help="Only what was done to this: R12, S3, U1.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many events, the newest first.")] = 50,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """List events, the newest first. They hold ids and keyed hashes, never content.

    That takes an auditor or a supervisor: a second examiner must not read here what the first one concluded.
    """
    here = open_deployment()
    with here.records.database.read() as session:
        reader = acting_or_setup(session, here.paths, as_name)
        if reader.user_id is not None:
            reader.require_role(UserRole.AUDITOR, UserRole.SUPERVISOR, doing="read the ledger")
        events = ledger.events(session, target=target, limit=limit)
        names = actor_names(session)
    if as_json:
        print_json([event_document(event) for event in events])
    else:
        nothing = f"Nothing was done to {target}. See all: triage ledger list" if target else "The ledger is empty."
        print_events(events, names, empty=nothing)


@app.command(epilog=examples("triage ledger verify", "triage ledger verify --json"))
def verify(as_json: Json = False) -> None:
    """Check every event from the first to the last.

    Keep the length and the last seal somewhere else: they show whether the whole ledger was put back to an earlier
    state.
    """
    here = open_deployment()
    with here.records.database.read() as session:
        report = ledger.verify(session)
    if as_json:
        print_json(
            {
                "ok": report.ok,
                "length": report.length,
                "seal": report.seal,
                "first_bad": report.first_bad,
                "reason": report.reason,
            }
        )
    elif report.ok:
        print_line(f"The ledger holds: {counted(report.length, 'event')}, last seal {report.seal}.")
    else:
        print_line(f"THE LEDGER WAS CHANGED outside the program: {report.reason}.")
        print_line(f"It holds up to event {report.length}. Keep a copy of the database and tell your supervisor.")
    if not report.ok:
        raise typer.Exit(Exit.FAILURES)
