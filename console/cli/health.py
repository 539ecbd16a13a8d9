"""`triage health`: whether referrals flow, on one screen for people and as numbers for monitoring."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.exits import explained
from console.cli.frame import Json, examples, single
from console.cli.opening import open_deployment
from console.cli.output import counted, duration, print_json, print_line, print_table, words, write_text

if TYPE_CHECKING:
    from jobs.health import LaneHealth, Snapshot

app = single()

# Monitoring plugins exit with this where they cannot tell.
_CANNOT_TELL = 3


@app.command(epilog=examples("triage health", "triage health --json", "triage health --prometheus"))
def health(
    as_json: Json = False,
    as_prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Write Prometheus's text format, for a node exporter's textfile.")
    ] = False,
) -> None:
    """Show whether referrals flow, what is wrong and what to do about it.

    Ends like a monitoring plugin: 0 well, 1 warning, 2 critical, 3 cannot tell.
    """
    if as_json and as_prometheus:
        raise typer.BadParameter("choose one of --json and --prometheus.")
    try:
        snapshot = _look()
    except Exception as error:  # noqa: BLE001 (whatever it is, monitoring must hear that nothing can be told)
        _cannot_tell(error, as_json)
        raise typer.Exit(_CANNOT_TELL) from None
    if as_json:
        print_json(snapshot.document())
    elif as_prometheus:
        from console.cli.prometheus import exposition

        write_text(exposition(snapshot))
    else:
        _print(snapshot)
    raise typer.Exit(snapshot.level.value)


def _look() -> "Snapshot":
    from jobs.health import take_snapshot

    here = open_deployment()
    return take_snapshot(here.records, here.settings, here.paths)


def _cannot_tell(error: Exception, as_json: bool) -> None:
    message, hint = explained(error)
    if as_json:
        print_json({"level": "unknown", "findings": [{"level": "unknown", "message": message, "hint": hint}]})
    else:
        print_line(f"CANNOT TELL: {message}")
        print_line(f"  {hint}")


def _print(snapshot: "Snapshot") -> None:
    from console.health_text import index_words

    print_line(snapshot.level.name)
    for finding in sorted(snapshot.findings, key=lambda finding: finding.level, reverse=True):
        print_line(f"  {finding.level.name.lower()}: {finding.message}")
        print_line(f"    {finding.hint}")
    print_line("")
    print_table(
        ("lane", "referrals waiting", "oldest", "jobs in Redis", "workers"),
        (
            (lane.lane, lane.referrals, _oldest(lane), lane.jobs_waiting, _workers(snapshot, lane.lane))
            for lane in snapshot.lanes
        ),
        empty="",
    )
    print_line("")
    states = [f"{count:,} {words(state)}" for state, count in snapshot.states.items() if count]
    print_line(f"Referrals: {', '.join(states) or 'none yet'}.")
    for reason, count in snapshot.failures:
        print_line(f"Failed: {counted(count, 'job')}: {reason}")
    print_line(f"Indexes: {index_words(snapshot)}.")
    paused = ", workers paused" if snapshot.paused else ""
    redis = "running" if snapshot.redis == "up" else "not running"
    print_line(f"Redis: {redis}{paused}. Keeper: {_keeper(snapshot)}.")
    print_line(f"Disk: {snapshot.disk_free_bytes / 2**30:.1f} GiB free.")


def _oldest(lane: "LaneHealth") -> str:
    return duration(lane.oldest_seconds) if lane.referrals else ""


def _workers(snapshot: "Snapshot", lane: str) -> int:
    return sum(worker.lane == lane for worker in snapshot.workers)


def _keeper(snapshot: "Snapshot") -> str:
    silent = snapshot.keeper_silent_seconds
    return "not running" if silent is None else f"seen {duration(silent)} ago"
