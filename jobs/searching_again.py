"""Subjects whose list does not hold any more are searched again: by workers, or here where none is running.

The records say who is due (`engine.records.searching.outdated`), so the keeper finds whatever a lost job left behind.
"""

from collections.abc import Callable, Collection

from redis import Redis
from redis.exceptions import RedisError

from config.settings import Settings
from engine.records import ids
from engine.records.deployment import Records
from engine.records.schema import Referral
from engine.records.searching import outdated
from engine.records.words import Lane
from jobs.alive import keeper_at_work, lanes_at_work
from jobs.connection import connect
from jobs.errors import RedisDown
from jobs.failures import failed_jobs
from jobs.queues import search, submit
from jobs.work_lease import work_lease
from jobs.workbench import Workbench


def search_again(bench: Workbench, referral_id: int) -> None:
    """Search those subjects of a referral that are due; safe to repeat and to run twice at once."""
    from jobs.searching import search_subjects  # Heavy: it brings the search with it, which queueing does without.

    with work_lease(bench.records, ids.public("referral", referral_id), bench.holder):
        with bench.records.database.read() as session:
            due = outdated.due(session, [referral_id]).get(referral_id, [])
        # What becomes due again meanwhile is found by the keeper, so that nothing turns in circles here.
        search_subjects(bench, due)


def queue_due(records: Records, redis: Redis, settings: Settings) -> int:
    """Queue what is due and has no job; gives how many jobs were new. Work whose tries are spent is left alone."""
    with records.database.read() as session:
        due = outdated.due(session)
        lanes = {referral_id: session.get_one(Referral, referral_id).lane for referral_id in due}
    failed = failed_jobs(redis) if due else {}
    return sum(
        submit(redis, lanes[referral_id], search(referral_id), settings.worker)
        for referral_id in due
        if search(referral_id).job_id not in failed
    )


def see_to_it(bench: Workbench, referral_ids: Collection[int], say: Callable[[str], None]) -> None:
    """See that the subjects of these referrals that are due are searched: by workers, or now where none is running."""
    with bench.records.database.read() as session:
        due = outdated.due(session, referral_ids)
    if not due:
        return
    settings, paths = bench.settings, bench.paths
    services_expected = settings.redis_url is not None or keeper_at_work(settings, paths)
    try:
        redis = connect(settings, paths)
        if services_expected or lanes_at_work(redis, settings):
            for referral_id in due:
                submit(redis, Lane.URGENT, search(referral_id), settings.worker)  # Somebody is waiting for it.
            say("The workers search it again now.")
            return
    except (RedisDown, RedisError):
        if services_expected:
            say("Redis does not answer. It will be searched again as soon as it does.")
            return
    say(f"No worker is running: searching {sum(map(len, due.values()))} subjects again here.")
    for referral_id in due:
        search_again(bench, referral_id)
