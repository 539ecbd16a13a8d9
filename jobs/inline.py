"""The work without workers: where no services run, the command that brought the work does it."""

from collections.abc import Callable

import structlog

from jobs.failures import reason_of
from jobs.pending import Pending, pending
from jobs.progress import videos_being_watched
from jobs.queues import Work
from jobs.settling import give_up
from jobs.standing_work import do_standing
from jobs.tasks import tasks_of
from jobs.workbench import Workbench

log = structlog.get_logger()


def work_here(bench: Workbench, say: Callable[[str], None]) -> None:
    """Do the work of every referral that waits, those that an interrupted command left behind included.

    `bench` must be without Redis. Raises WeightsError before anything is touched where the models cannot be loaded.
    """
    with bench.records.database.read() as session:
        waiting = pending(session)
    if not waiting:
        return
    say(f"No worker is running: doing the work of {len(waiting)} referrals here.")
    bench.warm_up()
    for entry in waiting:
        _settle(bench, entry, say)
    do_standing(bench, say)


def _settle(bench: Workbench, entry: Pending, say: Callable[[str], None]) -> None:
    # Its files first; what is next after them is asked again, until nothing is left or something failed.
    works = list(entry.works)
    while works:
        if not all(_done(bench, work) for work in works):
            return
        with bench.records.database.read() as session:
            left = pending(session, [entry.referral_id])
            for sentence in videos_being_watched(session, [entry.referral_id]):
                say(sentence)
        works = [work for one in left for work in one.works]


def _done(bench: Workbench, work: Work) -> bool:
    try:
        tasks_of(bench)[work.task](work.number)
    except Exception as error:
        log.error("work failed", job=work.job_id, exc_info=error)
        give_up(bench.records, work.job_id, reason_of(error), bench.actor)
        return False
    return True
