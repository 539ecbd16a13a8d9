"""From the records to Redis: every referral that waits gets the jobs it needs, once."""

from collections.abc import Collection, Iterable

from redis import Redis

from config.settings import Settings
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.intake import states
from engine.records.portions import portions
from engine.records.schema import Referral
from engine.records.words import ReferralState
from jobs.pending import Pending, pending
from jobs.queues import submit


def dispatch(records: Records, redis: Redis, settings: Settings, referral_ids: Collection[int], actor: Actor) -> int:
    """Put the work of these referrals in their lanes and mark them queued; the number of jobs that were new.

    Safe to repeat: work that has a live job is left alone. Raises redis' ConnectionError; what was received by then
    stays received, and is found again by `reconcile`.
    """
    with records.database.read() as session:
        waiting = pending(session, referral_ids)
    return submit_all(records, redis, settings, waiting, actor)


def submit_all(records: Records, redis: Redis, settings: Settings, waiting: Iterable[Pending], actor: Actor) -> int:
    """Put the work of these waiting referrals in their lanes, then mark the received ones queued."""
    new, received = 0, []
    for entry in waiting:
        new += sum(submit(redis, entry.lane, work, settings.worker) for work in entry.works)
        if entry.state is ReferralState.RECEIVED:
            received.append(entry.referral_id)
    _mark_queued(records, received, actor)
    return new


def _mark_queued(records: Records, referral_ids: list[int], actor: Actor) -> None:
    for some in portions(referral_ids):
        with records.database.write() as session:
            for referral_id in some:
                referral = session.get_one(Referral, referral_id)
                if referral.state is ReferralState.RECEIVED:  # A worker may have been faster.
                    states.move(session, referral, ReferralState.QUEUED, actor)
