"""`triage jobs`: what failed and what to do about it; pausing the workers and letting them go on."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.errors import TriageError
from console.cli.frame import As, Json, examples, group
from console.cli.opening import Deployment, open_bench, open_deployment
from console.cli.output import age, counted, print_json, print_line, print_table, say
from console.identity import acting_or_setup
from engine.records import ids
from engine.records.errors import NotFound

if TYPE_CHECKING:
    from redis import Redis

app = group("Look at failed jobs; retry or discard them; pause and resume.")

# Ids of referrals that a line of the table names.
_NAMED = 5


@app.command(epilog=examples("triage jobs failed", "triage jobs failed --json"))
def failed(as_json: Json = False) -> None:
    """List the referrals that failed, by reason, and the failed jobs that Redis still keeps."""
    from jobs.failures import failed_jobs
    from jobs.second_tries import failed_referrals

    here = open_deployment()
    with here.records.database.read() as session:
        referrals = [
            {"id": ids.public("referral", one.id), "reason": one.reason, "since": one.state_since}
            for one in failed_referrals(session)
        ]
    try:
        kept: dict[str, str] | None = failed_jobs(_redis(here))
    except TriageError:
        # What failed is in the records; Redis has only the jobs.
        kept = None
    if as_json:
        jobs = None if kept is None else [{"job": job, "reason": reason} for job, reason in kept.items()]
        print_json({"referrals": referrals, "jobs": jobs})
        return
    _print(referrals)
    if kept:
        print_line(f"Redis keeps {counted(len(kept), 'failed job')}. Clear them away: triage jobs discard")


@app.command(epilog=examples("triage jobs retry R12 R15", "triage jobs retry --all"))
def retry(
    referral_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[REFERRAL...]", help="Ids of failed referrals, such as R12.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every failed referral.")] = False,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Give failed referrals a fresh start, after the cause was put right."""
    from jobs.second_tries import failed_referrals
    from jobs.second_tries import retry as try_again

    if bool(referral_ids) == everything:
        raise typer.BadParameter("name referrals, or give --all.")
    here = open_deployment()
    chosen = [ids.parse(text, "referral") for text in referral_ids or []]
    with here.records.database.read() as session:
        actor = acting_or_setup(session, here.paths, as_name)
        known = [referral.id for referral in failed_referrals(session)]
    if missing := set(chosen) - set(known):
        raise NotFound(
            f"{', '.join(ids.public('referral', number) for number in sorted(missing))} did not fail.",
            "See what did: triage jobs failed",
        )
    again, warnings = try_again(open_bench(here), chosen or known, actor=actor, say=say)
    if as_json:
        print_json({"retried": [ids.public("referral", number) for number in again], "warnings": warnings})
        return
    print_line(f"{counted(len(again), 'referral')} tried again." if again else "Nothing has failed.")
    for warning in warnings:
        say(f"Warning: {warning}")


@app.command(epilog=examples("triage jobs discard"))
def discard(as_json: Json = False) -> None:
    """Clear the failed jobs out of Redis. Their referrals stay failed in the records and can still be retried."""
    from jobs.second_tries import discard as clear_away

    number = clear_away(_redis(open_deployment()))
    if as_json:
        print_json({"discarded": number})
    else:
        print_line(f"{counted(number, 'failed job')} cleared away.")


@app.command(epilog=examples("triage jobs pause"))
def pause() -> None:
    """Let the workers take no further job. What they are at is finished; what comes in waits."""
    from jobs.second_tries import pause as suspend

    suspend(_redis(open_deployment()))
    say("Paused. Let the workers go on: triage jobs resume")


@app.command(epilog=examples("triage jobs resume"))
def resume() -> None:
    """Let paused workers go on."""
    from jobs.second_tries import resume as go_on

    go_on(_redis(open_deployment()))
    say("The workers go on.")


def _redis(here: Deployment) -> "Redis":
    from jobs.connection import connect

    return connect(here.settings, here.paths)


def _print(referrals: list[dict[str, Any]]) -> None:
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for referral in referrals:
        by_reason.setdefault(referral["reason"] or "no reason was recorded", []).append(referral)
    ordered = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    print_table(
        ("referrals", "oldest", "reason", "which"),
        ((len(some), age(min(one["since"] for one in some)), reason, _which(some)) for reason, some in ordered),
        empty="Nothing has failed.",
    )
    if referrals:
        print_line("Put the cause right, then: triage jobs retry --all")


def _which(referrals: list[dict[str, Any]]) -> str:
    named = " ".join(one["id"] for one in referrals[:_NAMED])
    return f"{named} ..." if len(referrals) > _NAMED else named
