"""`triage batch`: what each call of enqueue took in and refused, and whether its sums close."""

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from console.cli.exits import Exit
from console.cli.frame import Json, examples, group
from console.cli.ledger_view import actor_names
from console.cli.opening import open_deployment
from console.cli.output import counted, moment_and_age, print_facts, print_json, print_line, print_table, words
from engine.records import ids
from engine.records.intake import batches
from engine.records.intake.accounting import Accounting, account
from engine.records.schema import Batch

app = group("What each call of enqueue took in and refused.")


@app.command("list", epilog=examples("triage batch list", "triage batch list --limit 500 --json"))
def list_(
    limit: Annotated[int, typer.Option(min=1, help="How many batches, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """List the batches, the newest first, with their sums."""
    here = open_deployment()
    with here.records.database.read() as session:
        found = [(batch, account(session, batch)) for batch in batches.list_batches(session, limit=limit)]
    if as_json:
        print_json([_document(batch, sums) for batch, sums in found])
        return
    print_table(
        ("id", "started", "inputs", "taken in", "refused", "sums"),
        (
            (
                ids.public("batch", batch.id),
                moment_and_age(batch.started_at),
                sums.inputs,
                sums.deliveries,
                sums.refused,
                _closing(sums),
            )
            for batch, sums in found
        ),
        empty="Nothing has been taken in yet. Start with: triage enqueue PATH",
    )


@app.command(epilog=examples("triage batch show B4", "triage batch show B4 --json"))
def show(
    batch_id: Annotated[str, typer.Argument(metavar="ID", help="The batch's id, such as B4.")], as_json: Json = False
) -> None:
    """Show what became of every input of a batch. Ends with 1 where the sums do not close."""
    here = open_deployment()
    with here.records.database.read() as session:
        batch = batches.get_batch(session, ids.parse(batch_id, "batch"))
        sums = account(session, batch)
        document = _full(session, batch, sums)
        by = actor_names(session).get(batch.actor, batch.actor)
    if as_json:
        print_json(document)
    else:
        _print(batch, by, sums, document)
    if not sums.closes:
        raise typer.Exit(Exit.FAILURES)


def _print(batch: Batch, by: str, sums: Accounting, document: dict[str, Any]) -> None:
    print_facts(
        {
            "batch": ids.public("batch", batch.id),
            "started": moment_and_age(batch.started_at),
            "by": by,
            "inputs": f"{sums.inputs}: {sums.deliveries} taken in, {sums.refused} refused",
            "sums": "\n".join(sums.difference) or _closing(sums),
        }
    )
    print_line("")
    print_table(
        ("id", "state", "media", "duplicate of", "source"),
        (
            (one["id"], words(one["state"]), one["media"], one["duplicate_of"], one["source"])
            for one in document["referrals"]
        ),
        empty="No referral came of this batch.",
    )
    if document["refused"]:
        print_line("")
        print_line(f"{counted(len(document['refused']), 'file or folder', 'files or folders')} refused:")
        print_table(("path", "reason"), ((one["path"], one["reason"]) for one in document["refused"]), empty="")


def _full(session: Session, batch: Batch, sums: Accounting) -> dict[str, Any]:
    return _document(batch, sums) | batches.batch_summary(session, batch)


def _document(batch: Batch, sums: Accounting) -> dict[str, Any]:
    return {
        "batch": ids.public("batch", batch.id),
        "by": batch.actor,
        "started": batch.started_at,
        "finished": batch.finished_at,
        "inputs": sums.inputs,
        "deliveries": sums.deliveries,
        "refusals": sums.refused,
        "by_state": sums.by_state,
        "closes": sums.closes,
        "difference": sums.difference,
    }


def _closing(sums: Accounting) -> str:
    if not sums.closes:
        return "DO NOT CLOSE"
    return "running or interrupted" if sums.unfinished else "close"
