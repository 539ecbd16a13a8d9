"""`triage ledger`: what was done and by whom, and whether anybody changed the record of it."""

from typing import Annotated

import typer

from console.cli.exits import Exit
from console.cli.frame import Json, examples, group
from console.cli.opening import open_deployment
from console.cli.output import counted, moment, print_json, print_line, print_table
from engine.records import ledger, users

# Hexadecimal digits of a keyed hash.
_HASH_LENGTH = 64

app = group("List and verify what was done, and by whom.")


@app.command("list", epilog=examples("triage ledger list", "triage ledger list --target R12 --json"))
def list_(
    target: Annotated[str | None, typer.Option(metavar="ID", help="Only what was done to this: R12, S3, U1.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many events, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List events, the newest first. They hold ids and keyed hashes, never content."""
    here = open_deployment()
    with here.records.database.read() as session:
        events = ledger.events(session, target=target, limit=limit)
        names = {f"user:{user.id}": user.name for user in users.list_users(session, revoked=True)}
    if as_json:
        print_json(
            [
                {
                    "id": event.id,
                    "at": event.at,
                    "actor": event.actor,
                    "action": event.action,
                    "target": event.target,
                    "details": event.details,
                    "seal": event.seal,
                }
                for event in events
            ]
        )
        return
    print_table(
        ("event", "at", "who", "did", "to", "details"),
        (
            (
                event.id,
                moment(event.at),
                names.get(event.actor, event.actor),
                event.action,
                event.target,
                ", ".join(f"{name}={_short(value)}" for name, value in event.details.items()),
            )
            for event in events
        ),
        empty=f"Nothing was done to {target}. See all: triage ledger list" if target else "The ledger is empty.",
    )


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


def _short(value: object) -> str:
    """A keyed hash in its first digits; anything else as it is."""
    text = str(value)
    return f"{text[:8]}..." if len(text) == _HASH_LENGTH else text
