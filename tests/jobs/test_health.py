"""The health snapshot: what it counts, how it judges, and that looking changes nothing."""

import json
from datetime import timedelta

import pytest

from config.settings import Settings
from engine.records.schema import Batch, Referral, now
from engine.records.words import Lane
from jobs.alive import KEEPER
from jobs.diagnosis import Level
from jobs.dispatch import dispatch
from jobs.health import Snapshot, take_snapshot
from jobs.model_worker import ModelWorker
from jobs.queues import lane_queue
from tests.jobs.referrals_world import ACTOR, a_referral, fail, waiting


@pytest.fixture
def look(records, settings, paths):
    return lambda: take_snapshot(records, settings, paths)


@pytest.fixture
def everything_runs(redis, settings, paths) -> None:
    """A fresh keeper and a worker on each lane, as far as their signs of life go."""
    paths.heartbeat(KEEPER).touch()
    for lane in Lane:
        ModelWorker.create(redis, lane, f"{lane}.test", settings.worker, {}, lambda *_: None).register_birth()


def messages(snapshot: Snapshot) -> str:
    return " ".join(finding.message for finding in snapshot.findings)


def test_a_running_deployment_with_nothing_to_do_is_well(look, everything_runs) -> None:
    snapshot = look()
    assert snapshot.findings == ()
    assert snapshot.level is Level.WELL
    assert {worker.lane for worker in snapshot.workers} == set(Lane)


def test_an_embedded_deployment_without_services_says_so_even_where_nothing_waits(look) -> None:
    snapshot = look()
    assert snapshot.level is Level.WARNING
    assert "No services are running" in messages(snapshot)


def test_work_without_redis_is_critical(look, records) -> None:
    a_referral(records, 1)
    snapshot = look()
    assert (snapshot.redis, snapshot.level) == ("down", Level.CRITICAL)
    assert "Redis does not answer" in messages(snapshot)
    assert snapshot.lanes[1].jobs_waiting is None


def test_a_configured_redis_that_is_down_is_critical_at_once(records, paths) -> None:
    settings = Settings.model_validate({"home": paths.home, "redis_url": "redis://127.0.0.1:1"})
    assert take_snapshot(records, settings, paths).level is Level.CRITICAL


def test_it_counts_states_lanes_and_jobs(look, records, redis, settings, everything_runs) -> None:
    numbers = [a_referral(records, 1, 2), a_referral(records, 3, priority=0)]
    dispatch(records, redis, settings, numbers, ACTOR)
    snapshot = look()
    assert snapshot.states["queued"] == 2
    assert snapshot.states["ready"] == 0, "a state that nothing is in shows as zero"
    assert {lane.lane: (lane.referrals, lane.jobs_waiting) for lane in snapshot.lanes} == {
        Lane.URGENT: (1, 1),
        Lane.NORMAL: (1, 2),
        Lane.VIDEO: (0, 0),
    }


@pytest.mark.parametrize(("minutes", "level"), [(10, Level.WELL), (20, Level.WARNING), (90, Level.CRITICAL)])
def test_the_longest_wait_is_judged_by_the_thresholds(look, records, everything_runs, minutes, level) -> None:
    number = a_referral(records, 1)
    with records.database.write() as session:
        session.get_one(Referral, number).state_since = now() - timedelta(minutes=minutes)
    snapshot = look()
    assert snapshot.level is level
    assert snapshot.lanes[1].oldest_seconds == pytest.approx(60 * minutes, abs=5)


def test_a_silent_worker_does_not_count_as_alive(look, records, redis, everything_runs) -> None:
    a_referral(records, 1)
    redis.hset("rq:worker:normal.test", "last_heartbeat", "2026-01-01T00:00:00.000000Z")
    snapshot = look()
    assert snapshot.level is Level.CRITICAL
    assert "No worker of the lane normal is alive; 1 referrals wait" in messages(snapshot)


def test_a_silent_keeper_is_a_warning(look, paths, everything_runs) -> None:
    paths.heartbeat(KEEPER).unlink()
    snapshot = look()
    assert snapshot.level is Level.WARNING
    assert "The keeper is not running" in messages(snapshot)


def test_failures_are_grouped_by_reason(look, records, redis, settings, everything_runs) -> None:
    dispatch(records, redis, settings, [a_referral(records, *range(5))], ACTOR)
    for job_id in waiting(redis):
        fail(redis, job_id)
    assert look().failures == (("WeightsMissing: The package is not installed.", 5),)


def test_sums_that_do_not_close_are_critical(look, records, everything_runs) -> None:
    a_referral(records, 1)
    with records.database.write() as session:
        session.query(Batch).one().inputs = 7
    snapshot = look()
    assert snapshot.level is Level.CRITICAL
    assert "B1 had 7 inputs, of which 1" in messages(snapshot)


def test_too_little_room_is_critical(records, paths, redis, everything_runs) -> None:
    huge = Settings.model_validate({"home": paths.home, "health": {"disk_reserve_bytes": 2**40}})
    assert "nothing is taken in" in messages(take_snapshot(records, huge, paths))


def test_looking_changes_nothing_even_where_jobs_are_abandoned(look, records, redis, settings, everything_runs) -> None:
    dispatch(records, redis, settings, [a_referral(records, 1)], ACTOR)
    queue = lane_queue(redis, Lane.NORMAL)
    job = queue.fetch_job(waiting(redis)[0])
    redis.zadd("rq:wip:normal", {f"{job.id}:execution": 1})
    job.set_status("started")
    queue.remove(job.id)
    before = {key: redis.dump(key) for key in redis.scan_iter()}
    look()
    assert {key: redis.dump(key) for key in redis.scan_iter()} == before


def test_the_document_is_plain_json(look, records) -> None:
    a_referral(records, 1)
    document = json.loads(json.dumps(look().document()))
    assert document["level"] == "critical"
    assert document["findings"][0]["hint"]
