"""Brings Redis back in step with the records.

Work without a job gets one, work that has become urgent goes to its lane, failed work settles its referral.

The records are the truth, so this may run at any time, as often as anybody likes and twice at once.
"""

from dataclasses import dataclass

import structlog
from redis import Redis
from sqlalchemy import select

from config.settings import Settings
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.schema import Lease, now
from engine.records.words import Lane, LeaseKind, ReferralState
from jobs.dispatch import submit_all
from jobs.failures import failed_jobs
from jobs.pending import Pending, pending
from jobs.queues import Work, live_jobs, waiting_in_slower_lanes
from jobs.settling import give_up

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one run found: referrals looked at, jobs that were missing, referrals whose tries were spent."""

    waiting: int
    jobs_restored: int
    referrals_failed: int


@dataclass(frozen=True, slots=True)
class Differences:
    """Where Redis differs from the records: the jobs whose tries are spent, with reasons, and what lacks a job."""

    waiting: int
    spent: dict[str, str]
    lacking: list[Pending]


def reconcile(records: Records, redis: Redis, settings: Settings, actor: Actor) -> Reconciled:
    """Look at every referral that waits for workers and give it back what it lacks; raises redis' ConnectionError."""
    found = differences(records, redis, settings)
    given_up = {number for job_id, reason in found.spent.items() for number in give_up(records, job_id, reason, actor)}
    lacking = [entry for entry in found.lacking if entry.referral_id not in given_up]
    restored = submit_all(records, redis, settings, lacking, actor)
    if restored or given_up:
        log.info("reconciled", waiting=found.waiting, restored=restored, failed=len(given_up))
    return Reconciled(found.waiting, restored, len(given_up))


def differences(records: Records, redis: Redis, settings: Settings) -> Differences:
    """Compare Redis with what the records say waits, changing nothing; raises redis' ConnectionError."""
    with records.database.read() as session:
        waiting = pending(session)
        at_work = set(
            session.scalars(select(Lease.resource).where(Lease.kind == LeaseKind.WORK, Lease.expires_at > now()))
        )
    live, failed = live_jobs(redis), failed_jobs(redis)
    slow = waiting_in_slower_lanes(redis, settings.worker)

    def lost(work: Work) -> bool:
        return work.job_id not in live and work.target not in at_work

    def late(entry: Pending) -> bool:
        return entry.lane is Lane.URGENT and any(work.job_id in slow for work in entry.works)

    spent = {
        work.job_id
        for entry in waiting
        if entry.state is not ReferralState.RECEIVED
        for work in entry.works
        if lost(work) and work.job_id in failed
    }
    lacking = [entry for entry in waiting if _unmarked(entry) or late(entry) or any(lost(work) for work in entry.works)]
    return Differences(len(waiting), {job_id: failed[job_id] for job_id in sorted(spent)}, lacking)


def _unmarked(entry: Pending) -> bool:
    """Whether the referral may have a job that its state does not show yet."""
    return entry.state is ReferralState.RECEIVED
