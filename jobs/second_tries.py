"""What the person on call does about failed work: try again, or clear away."""

from collections.abc import Callable, Collection

from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.intake import states
from engine.records.schema import Referral, ReferralMedia
from engine.records.words import ReferralState
from jobs.enqueue import hand_over
from jobs.failures import failed_jobs
from jobs.queues import forget
from jobs.workbench import Workbench


def failed_referrals(session: Session) -> list[Referral]:
    """The failed referrals that another try could help, oldest first; one without any file is not among them."""
    with_files = select(ReferralMedia.id).where(ReferralMedia.referral_id == Referral.id).exists()
    query = select(Referral).where(Referral.state == ReferralState.FAILED, with_files)
    return list(session.scalars(query.order_by(Referral.state_since, Referral.id)))


def retry(
    bench: Workbench, referral_ids: Collection[int], *, actor: Actor, say: Callable[[str], None]
) -> tuple[list[int], list[str]]:
    """Give failed referrals a fresh start; those that were still failed, and warnings as `hand_over` gives them."""
    again = []
    with bench.records.database.write() as session:
        for referral in failed_referrals(session):
            if referral.id in referral_ids:
                states.move(session, referral, ReferralState.RECEIVED, actor, "tried again")
                again.append(referral.id)
    return again, hand_over(bench, again, say) if again else []


def discard(redis: Redis, job_ids: Collection[str] | None = None) -> int:
    """Clear failed jobs (all, or these) out of Redis and give their number; their referrals stay failed."""
    chosen = [job_id for job_id in failed_jobs(redis) if job_ids is None or job_id in job_ids]
    for job_id in chosen:
        forget(redis, job_id)
    return len(chosen)
