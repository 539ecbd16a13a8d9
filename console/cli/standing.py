"""`triage standing`: whether everybody whom nobody has found yet was searched for in what came later."""

from typing import TYPE_CHECKING

from console.cli.frame import Json, examples, group
from console.cli.opening import open_bench, open_deployment
from console.cli.output import age, counted, print_json, print_line, print_table, say

if TYPE_CHECKING:
    from jobs.standing_work import StandingWork

app = group("The standing searches: what came later against everybody not yet found.")


@app.command(epilog=examples("triage standing status", "triage standing status --json"))
def status(as_json: Json = False) -> None:
    """Show what has arrived and is not yet searched for, and the subjects that may come back.

    Workers do this by themselves. Ends with 0 whatever it shows; `triage health` judges it.
    """
    from jobs.standing_work import standing_work

    here = open_deployment()
    with here.records.database.read() as session:
        work = standing_work(session, here.settings)
    if as_json:
        print_json(document(work))
    else:
        _print(work)


@app.command(epilog=examples("triage standing run"))
def run(as_json: Json = False) -> None:
    """Search for what has arrived now, in this process. For homes whose services are not running; safe to repeat."""
    from jobs.standing_work import do_standing, standing_work

    bench = open_bench(open_deployment())
    do_standing(bench, say)
    with bench.records.database.read() as session:
        work = standing_work(session, bench.settings)
    if as_json:
        print_json(document(work))
    else:
        _print(work)


def document(work: "StandingWork") -> dict[str, object]:
    """What `--json` prints."""
    return {
        "behind": [
            {
                "scope": one.scope.name,
                "space": one.space_id,
                "faces": one.waiting,
                "since": None if one.since is None else one.since.isoformat(),
                "blocked": one.blocked,
            }
            for one in work.behind
        ],
        "recalls_due": work.due,
        "recalled_in_24_hours": work.shown,
        "recalls_left_today": work.left,
    }


def _print(work: "StandingWork") -> None:
    print_table(
        ("arrived in", "faces", "waiting", "why"),
        (
            (one.scope.name, one.waiting, "" if one.since is None else age(one.since), one.blocked or "")
            for one in work.behind
        ),
        empty="Everything that arrived was searched for in everybody not yet found.",
    )
    print_line(
        f"{counted(work.shown, 'subject')} came back in the last 24 hours; {work.due} may and wait to be looked into; "
        f"today {work.left} more can."
    )
