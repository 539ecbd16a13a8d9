"""`triage jobs`: what failed and what to do about it; pausing intake and the workers."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.errors import TriageError
from console.cli.frame import As, Json, examples, group
from console.cli.opening import Deployment, open_bench, open_deployment
from console.cli.output import age, counted, print_json, print_line, print_table, say
from console.identity import acting_or_setup
from engine.records import ids
from engine.records.errors import NotFound
from engine.records.words import Paused

if TYPE_CHECKING:
    from redis import Redis

app = group("Look at failed jobs; retry or discard them; pause and resume.")

Only = Annotated[Paused | None, typer.Option("--only", help="Leave the other going.")]

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


@app.command(
    epilog=examples("triage jobs pause --reason 'a new disk'", "triage jobs pause --only work --reason update")
)
def pause(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; people will read it.")],
    only: Only = None,
    as_name: As = None,
    as_json: Json = False,
) -> None:
    """Take nothing more in, and let the workers take no further job, until `resume`.

    What is being taken in or worked on is finished. Scripts that bring reports end with 4 and find this reason. It is
    kept in the records: an emptied Redis does not let anything go on.
    """
    from jobs.pausing import pause as stop

    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting_or_setup(session, here.paths, as_name)
    told = stop(here.records, _chosen(only), reason, actor=actor)
    _tell_workers(here)
    if as_json:
        print_json({"paused": told})
        return
    for sentence in told:
        say(f"{sentence}.")
    say("Let it go on: triage jobs resume")


@app.command(epilog=examples("triage jobs resume", "triage jobs resume --only intake"))
def resume(only: Only = None, as_name: As = None) -> None:
    """Let what was paused go on."""
    from jobs.pausing import resume as go_on

    here = open_deployment()
    with here.records.database.read() as session:
        actor = acting_or_setup(session, here.paths, as_name)
    ended = go_on(here.records, _chosen(only), actor=actor)
    _tell_workers(here)
    say("It goes on." if ended else "Nothing was paused.")


def _chosen(only: Paused | None) -> tuple[Paused, ...]:
    return tuple(Paused) if only is None else (only,)


def _tell_workers(here: Deployment) -> None:
    """Bring Redis in step at once; where it is down, nobody works, and the keeper does it later."""
    from redis.exceptions import RedisError

    from jobs.errors import RedisDown
    from jobs.pausing import keep_to

    with suppress(RedisDown, RedisError):
        keep_to(here.records, _redis(here))


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
