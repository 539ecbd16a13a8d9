"""`triage reconcile`: brings the queue back in step with the records."""

from typing import Annotated

import typer

from console.cli.exits import Exit
from console.cli.frame import Json, examples, single
from console.cli.opening import Deployment, open_bench, open_deployment
from console.cli.output import counted, print_json, print_line
from engine.records.ids import public
from engine.records.intake.accounting import account

app = single()


@app.command(epilog=examples("triage reconcile", "triage reconcile --dry-run", "triage reconcile --json"))
def reconcile(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what differs and what would be done.")] = False,
    as_json: Json = False,
) -> None:
    """Give every waiting referral its job back. The keeper does this all the time; it never does harm.

    With --dry-run nothing is changed: the referrals that lack a job or whose tries are spent are named, and what does
    not add up in the records and the vault. It ends with 1 where the sums do not close.
    """
    from jobs.connection import connect
    from jobs.reconcile import reconcile as bring_in_step

    here = open_deployment()
    if dry_run:
        _say_what_differs(here, as_json=as_json)
        return
    done = bring_in_step(here.records, connect(here.settings, here.paths), here.settings, actor=open_bench(here).actor)
    if as_json:
        print_json(
            {
                "waiting": done.waiting,
                "jobs_restored": done.jobs_restored,
                "referrals_failed": done.referrals_failed,
            }
        )
        return
    print_line(
        f"{counted(done.waiting, 'referral')} waiting: {counted(done.jobs_restored, 'missing job')} put back, "
        f"{counted(done.referrals_failed, 'referral')} marked as failed."
    )


def _say_what_differs(here: Deployment, *, as_json: bool) -> None:
    from jobs.accounts import vault_differences
    from jobs.connection import connect
    from jobs.reconcile import differences

    found = differences(here.records, connect(here.settings, here.paths), here.settings)
    with here.records.database.read() as session:
        sums = [*account(session).difference, *vault_differences(session, here.records)]
    lacking = [public("referral", entry.referral_id) for entry in found.lacking]
    if as_json:
        print_json({"waiting": found.waiting, "lacking_a_job": lacking, "tries_spent": found.spent, "sums": sums})
    else:
        print_line(f"{counted(found.waiting, 'referral')} waiting.")
        print_line(f"Would get a job: {' '.join(lacking) or 'none'}.")
        for job_id, reason in found.spent.items():
            print_line(f"Would be marked as failed, as its tries are spent: {job_id}: {reason}")
        print_line("\n".join(sums) or "Every input is accounted for, and the vault holds every file.")
    if sums:
        raise typer.Exit(Exit.FAILURES)
