"""What the jobs on files have in common: one worker at a time, once, and then on to the referrals' next work."""

from collections.abc import Callable

from redis import Redis

from engine.records import ids
from engine.records.faces import faces
from engine.records.schema import Media
from engine.records.words import MediaFinding, MediaKind
from jobs.dispatch import submit_all
from jobs.pending import pending_with
from jobs.settling import begin, waiting_with
from jobs.work_lease import work_lease
from jobs.workbench import Workbench


def work_on(bench: Workbench, media_id: int, kinds: set[MediaKind], work: Callable[[Workbench, int], None]) -> None:
    """Do the work on a file of one of these kinds that has no finding yet, then pass its referrals on.

    Safe to repeat and to run twice at once: the second run waits for the first, and does what is left to do.
    """
    with work_lease(bench.records, ids.public("media", media_id), bench.holder):
        if _start(bench, media_id, kinds):
            work(bench, media_id)
    if bench.redis is not None:
        _pass_on(bench, bench.redis, media_id)


def store_unreadable(bench: Workbench, media_id: int, reason: str) -> None:
    """Make it the finding on a file that it cannot be shown."""
    with bench.records.database.write() as session:
        if media := session.get(Media, media_id):
            faces.mark_unreadable(session, media, reason, detector=bench.pipeline.detector_identity, actor=bench.actor)


def _start(bench: Workbench, media_id: int, kinds: set[MediaKind]) -> bool:
    """Mark the file's referrals as being worked on; whether the file still has to be looked at."""
    with bench.records.database.write() as session:
        for referral in waiting_with(session, media_id):
            begin(session, referral, bench.actor)
        media = session.get(Media, media_id)
        return media is not None and media.finding is MediaFinding.PENDING and media.kind in kinds


def _pass_on(bench: Workbench, redis: Redis, media_id: int) -> None:
    with bench.records.database.read() as session:
        waiting = pending_with(session, media_id)
    submit_all(bench.records, redis, bench.settings, waiting, bench.actor)
