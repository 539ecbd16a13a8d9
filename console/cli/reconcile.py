"""`triage reconcile`: brings the queue back in step with the records."""

from console.cli.frame import Json, examples, single
from console.cli.opening import open_bench, open_deployment
from console.cli.output import counted, print_json, print_line

app = single()


@app.command(epilog=examples("triage reconcile", "triage reconcile --json"))
def reconcile(as_json: Json = False) -> None:
    """Give every waiting referral its job back. The keeper does this all the time; it never does harm."""
    from jobs.connection import connect
    from jobs.reconcile import reconcile as bring_in_step

    here = open_deployment()
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
