"""What the jobs on files have in common: one worker at a time, once, and then on to the referrals' next work."""

from collections.abc import Callable

import structlog
from redis import Redis
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.faces import faces
from engine.records.schema import Media
from engine.records.words import MediaFinding, MediaKind
from jobs.dispatch import submit_all
from jobs.matching import match_referral
from jobs.pending import pending_with
from jobs.queues import match
from jobs.settling import begin, waiting_with
from jobs.work_lease import Claim, work_lease
from jobs.workbench import Workbench

log = structlog.get_logger()

#: A worker's claim on a file, which comes with the file where it still has to be looked at.
FileClaim = Claim[Media]


def work_on(
    bench: Workbench, media_id: int, kinds: set[MediaKind], work: Callable[[Workbench, Media, FileClaim], None]
) -> None:
    """Do the work on a file of one of these kinds that has no finding yet, then pass its referrals on.

    Safe to repeat and to run twice at once: the second run waits for the first, and does what is left to do. The work
    may release the claim together with what it keeps.
    """

    def start(session: Session) -> Media | None:
        """Mark the file's referrals as being worked on; the file, where it still has to be looked at."""
        for referral in waiting_with(session, media_id):
            begin(session, referral, bench.actor)
        media = session.get(Media, media_id)
        return media if media and media.finding is MediaFinding.PENDING and media.kind in kinds else None

    with work_lease(bench.records, ids.public("media", media_id), bench.holder, start) as claim:
        if claim.first is not None:
            work(bench, claim.first, claim)
    if bench.redis is not None:
        _pass_on(bench, bench.redis, media_id)


def store_unreadable(bench: Workbench, media_id: int, reason: str, claim: FileClaim) -> None:
    """Make it the finding on a file that it cannot be shown."""
    with bench.records.database.write() as session:
        if media := session.get(Media, media_id):
            faces.mark_unreadable(session, media, reason, detector=bench.pipeline.detector_identity, actor=bench.actor)
        claim.release(session)


def _pass_on(bench: Workbench, redis: Redis, media_id: int) -> None:
    """See to what comes next for the file's referrals: the match of the only one is made here and now."""
    with bench.records.database.read() as session:
        waiting = pending_with(session, media_id)
    if len(waiting) == 1 and waiting[0].works == (match(waiting[0].referral_id),):
        try:
            match_referral(bench, waiting[0].referral_id)
        except Exception as error:  # Whatever it is, it is the match's failure: that gets a job and tries of its own.
            log.error("match put off", referral=waiting[0].referral_id, exc_info=error)
        else:
            return
    submit_all(bench.records, redis, bench.settings, waiting, bench.actor)
