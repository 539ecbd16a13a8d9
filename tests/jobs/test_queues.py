"""Work in the lanes: once, replaceable when dead, movable to the urgent lane, and never a live job lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis
from rq.job import JobStatus

from config.settings import Settings
from engine.records.words import Lane
from jobs.allowed_job import AllowedJob
from jobs.failures import failed_jobs
from jobs.queues import Work, detect, lane_queue, live_jobs, match, submit, watch
from tests.jobs.referrals_world import fail


def put(redis: Redis, settings: Settings, work: Work, lane: Lane = Lane.NORMAL) -> bool:
    return submit(redis, lane, work, settings.worker)


def waiting(redis: Redis, lane: Lane = Lane.NORMAL) -> list[str]:
    return lane_queue(redis, lane).get_job_ids()


def test_a_job_carries_one_id_and_nothing_else(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(12))
    job = lane_queue(redis, Lane.NORMAL).fetch_job("detect-M12")
    assert (job.func_name, list(job.args), job.kwargs, job.meta) == ("detect", [12], {}, {})
    assert job.description == "detect-M12"


def test_the_same_work_waits_once(redis: Redis, settings: Settings) -> None:
    assert put(redis, settings, match(7))
    assert not put(redis, settings, match(7))
    assert waiting(redis) == ["match-R7"]


def test_ten_processes_that_put_the_same_work_in_at_once_make_one_job(redis: Redis, settings: Settings) -> None:
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda _: put(redis, settings, match(7)), range(10)))
    assert sum(results) == 1
    assert waiting(redis) == ["match-R7"]


@pytest.mark.parametrize("status", [JobStatus.FAILED, JobStatus.FINISHED, JobStatus.STOPPED, JobStatus.STARTED])
def test_a_dead_job_of_the_same_name_is_replaced(redis: Redis, settings: Settings, status: JobStatus) -> None:
    put(redis, settings, detect(1))
    queue = lane_queue(redis, Lane.NORMAL)
    queue.fetch_job("detect-M1").set_status(status)
    redis.delete(queue.key)
    assert put(redis, settings, detect(1))
    assert waiting(redis) == ["detect-M1"]
    assert queue.fetch_job("detect-M1").get_status() is JobStatus.QUEUED


def test_a_job_that_is_queued_but_in_no_list_is_replaced(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(1))
    redis.delete(lane_queue(redis, Lane.NORMAL).key)
    assert put(redis, settings, detect(1))
    assert waiting(redis) == ["detect-M1"]


def test_a_job_between_queue_and_worker_counts_as_alive(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(1))
    queue = lane_queue(redis, Lane.NORMAL)
    redis.lmove(queue.key, queue.intermediate_queue_key)
    assert live_jobs(redis) == {"detect-M1"}
    assert not put(redis, settings, detect(1))


def test_waiting_work_that_becomes_urgent_moves_to_the_urgent_lane(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(1))
    assert put(redis, settings, detect(1), Lane.URGENT)
    assert waiting(redis) == []
    assert waiting(redis, Lane.URGENT) == ["detect-M1"]


def test_a_job_that_failed_in_another_lane_leaves_no_failure_behind(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(1))
    fail(redis, "detect-M1")
    assert put(redis, settings, detect(1), Lane.URGENT)
    assert failed_jobs(redis) == {}
    assert redis.zcard("rq:failed:normal") == 0


def test_urgent_work_does_not_move_back(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(1), Lane.URGENT)
    assert not put(redis, settings, detect(1))
    assert waiting(redis, Lane.URGENT) == ["detect-M1"]


def test_tries_and_pauses_follow_the_settings(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(1))
    job = lane_queue(redis, Lane.NORMAL).fetch_job("detect-M1")
    assert (job.retries_left, job.retry_intervals) == (2, [0, 10])
    assert job.get_retry_interval() == 0


def test_one_try_means_no_retry(redis: Redis, settings: Settings) -> None:
    once = settings.worker.model_copy(update={"tries": 1})
    submit(redis, Lane.NORMAL, detect(1), once)
    assert not lane_queue(redis, Lane.NORMAL).fetch_job("detect-M1").should_retry


def test_looking_for_live_jobs_changes_nothing(redis: Redis, settings: Settings) -> None:
    put(redis, settings, detect(1))
    before = {key: redis.dump(key) for key in redis.scan_iter()}
    assert live_jobs(redis) == {"detect-M1"}
    assert {key: redis.dump(key) for key in redis.scan_iter()} == before
    assert AllowedJob.exists("detect-M1", redis)


def test_a_video_never_waits_in_the_urgent_lane_but_first_in_its_own(redis: Redis, settings: Settings) -> None:
    for number in (1, 2):
        put(redis, settings, watch(number, None))
    assert put(redis, settings, watch(3, None), Lane.URGENT)
    assert put(redis, settings, watch(2, None), Lane.URGENT)
    assert waiting(redis, Lane.VIDEO) == ["watch-M2", "watch-M3", "watch-M1"]
    assert waiting(redis, Lane.URGENT) == []


def test_the_next_part_of_a_video_is_other_work_than_this_one(redis: Redis, settings: Settings) -> None:
    for after_ms in (None, 0, 31_200):
        assert put(redis, settings, watch(1, after_ms))
        assert not put(redis, settings, watch(1, after_ms))
    assert waiting(redis, Lane.VIDEO) == ["watch-M1", "watch-M1-0", "watch-M1-31200"]


def test_without_a_lane_of_their_own_videos_go_where_least_is_urgent(redis: Redis, settings: Settings) -> None:
    two = settings.worker.model_copy(update={"lanes": ("urgent", "normal")})
    submit(redis, Lane.URGENT, watch(1, None), two)
    assert waiting(redis, Lane.NORMAL) == ["watch-M1"]
