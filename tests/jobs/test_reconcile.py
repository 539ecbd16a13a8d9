"""Records and Redis in step: work gets its job once, lost jobs come back, spent ones settle their referral."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from config.settings import Settings
from engine.records import leases
from engine.records.deployment import Records
from engine.records.intake import states
from engine.records.schema import Referral
from engine.records.words import Lane, LeaseKind, ReferralState
from jobs.dispatch import dispatch
from jobs.pending import pending
from jobs.queues import lane_queue, live_jobs
from jobs.reconcile import Reconciled, reconcile
from jobs.settling import give_up
from tests.jobs.referrals_world import ACTOR, a_referral, fail, look_at, media_ids, reason_of, state_of, waiting


def run(records: Records, redis: Redis, settings: Settings) -> Reconciled:
    return reconcile(records, redis, settings, ACTOR)


def test_each_file_gets_one_job_and_the_referral_is_queued(records, redis, settings) -> None:
    number = a_referral(records, 1, 2)
    assert dispatch(records, redis, settings, [number], ACTOR) == 2
    assert waiting(redis) == [f"detect-M{media}" for media in media_ids(records, number)]
    assert state_of(records, number) is ReferralState.QUEUED
    assert dispatch(records, redis, settings, [number], ACTOR) == 0


def test_a_referral_whose_files_are_all_looked_at_gets_its_match(records, redis, settings) -> None:
    number = a_referral(records, 1)
    look_at(records, *media_ids(records, number))
    dispatch(records, redis, settings, [number], ACTOR)
    assert waiting(redis) == [f"match-R{number}"]


def test_two_referrals_with_the_same_picture_share_its_job(records, redis, settings) -> None:
    first, second = a_referral(records, 1), a_referral(records, 1, priority=51)
    assert media_ids(records, first) == media_ids(records, second)
    dispatch(records, redis, settings, [first, second], ACTOR)
    assert len(waiting(redis)) == 1


def test_urgent_referrals_go_to_the_urgent_lane(records, redis, settings) -> None:
    dispatch(records, redis, settings, [a_referral(records, 1, priority=0)], ACTOR)
    assert len(waiting(redis, Lane.URGENT)) == 1


def test_a_lane_without_workers_of_its_own_is_served_by_the_first_one(records, redis, settings) -> None:
    one_lane = settings.model_copy(update={"worker": settings.worker.model_copy(update={"lanes": ("normal",)})})
    dispatch(records, redis, one_lane, [a_referral(records, 1, priority=0)], ACTOR)
    assert len(waiting(redis)) == 1


def test_nothing_is_done_where_nothing_is_missing(records, redis, settings) -> None:
    dispatch(records, redis, settings, [a_referral(records, 1)], ACTOR)
    assert run(records, redis, settings) == Reconciled(1, 0, 0)


def test_received_referrals_that_were_never_queued_are_queued(records, redis, settings) -> None:
    number = a_referral(records, 1)
    assert run(records, redis, settings) == Reconciled(1, 1, 0)
    assert state_of(records, number) is ReferralState.QUEUED


def test_everything_comes_back_when_redis_has_lost_everything(records, redis, settings) -> None:
    numbers = [a_referral(records, shade) for shade in range(20)]
    dispatch(records, redis, settings, numbers, ACTOR)
    before = waiting(redis)
    redis.flushall()
    assert run(records, redis, settings).jobs_restored == 20
    assert sorted(waiting(redis)) == sorted(before)


def test_two_runs_at_once_restore_each_job_once(records, redis, settings) -> None:
    for shade in range(10):
        a_referral(records, shade)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: run(records, redis, settings), range(4)))
    assert sum(result.jobs_restored for result in results) == 10
    assert len(waiting(redis)) == 10


def test_work_that_somebody_is_doing_without_a_job_is_left_alone(records, redis, settings) -> None:
    number = a_referral(records, 1)
    dispatch(records, redis, settings, [number], ACTOR)
    redis.flushall()
    with records.database.write() as session:
        leases.acquire(session, LeaseKind.WORK, f"M{media_ids(records, number)[0]}", "worker:other", 30)
    assert run(records, redis, settings).jobs_restored == 0
    with records.database.write() as session:
        leases.acquire(session, LeaseKind.WORK, f"M{media_ids(records, number)[0]}", "worker:other", -1)
    assert run(records, redis, settings).jobs_restored == 1


def test_a_spent_job_fails_its_referrals_with_a_plain_reason(records, redis, settings) -> None:
    first, second = a_referral(records, 1), a_referral(records, 1, priority=51)
    dispatch(records, redis, settings, [first, second], ACTOR)
    job_id = waiting(redis)[0]
    fail(redis, job_id)
    assert run(records, redis, settings) == Reconciled(2, 0, 2)
    for number in (first, second):
        assert state_of(records, number) is ReferralState.FAILED
        assert reason_of(records, number).endswith("failed. WeightsMissing: The package is not installed.")


def test_a_failed_referral_that_is_received_again_gets_fresh_tries(records, redis, settings) -> None:
    number = a_referral(records, 1)
    dispatch(records, redis, settings, [number], ACTOR)
    fail(redis, waiting(redis)[0])
    run(records, redis, settings)
    with records.database.write() as session:
        states.move(session, session.get_one(Referral, number), ReferralState.RECEIVED, ACTOR)
    assert run(records, redis, settings) == Reconciled(1, 1, 0)
    assert lane_queue(redis, Lane.NORMAL).fetch_job(waiting(redis)[0]).retries_left == 2


@pytest.mark.parametrize("job_id", ["bad", "detect-", "detect-R1", "match-M1", "match-R999", "detect-M999"])
def test_a_failed_job_that_is_nobodys_settles_nothing(records, job_id) -> None:
    assert give_up(records, job_id, "reason", ACTOR) == []


@pytest.mark.parametrize("state", [ReferralState.ON_HOLD, ReferralState.WITHDRAWN])
def test_referrals_that_people_took_out_of_work_stay_out(records, redis, settings, state) -> None:
    number = a_referral(records, 1)
    with records.database.write() as session:
        states.move(session, session.get_one(Referral, number), state, ACTOR)
    assert run(records, redis, settings) == Reconciled(0, 0, 0)
    assert live_jobs(redis) == set()


def test_urgent_referrals_come_first(records) -> None:
    late, urgent = a_referral(records, 1), a_referral(records, 2, priority=0)
    with records.database.read() as session:
        assert [entry.referral_id for entry in pending(session)] == [urgent, late]
