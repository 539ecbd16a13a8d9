"""The worker class with real processes: allowed jobs only, no content in failures, clean ends, and kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq.job import JobStatus

from config.settings import Settings
from engine.records.words import Lane
from jobs.alive import lanes_at_work
from jobs.failures import failed_jobs
from jobs.queues import detect, lane_queue, live_jobs, match, submit
from tests.jobs.jobs_world import wait_until

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(settings: Settings, redis: Redis, tmp_path: Path) -> Iterator[Start]:
    """Starts worker processes of the normal lane, and ends them after the test."""
    processes = []

    def start() -> subprocess.Popen[bytes]:
        script = Path(__file__).with_name("sample_worker.py")
        environment = os.environ | {"TRIAGE_HOME": str(settings.home), "TRIAGE_WORKER__HEARTBEAT_SECONDS": "1"}
        processes.append(
            subprocess.Popen(
                [sys.executable, str(script), "normal", str(tmp_path)],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


@pytest.fixture
def runs(tmp_path: Path) -> Callable[[], list[str]]:
    """The lines that the tasks of the workers have left."""
    return lambda: (tmp_path / "runs").read_text().splitlines() if (tmp_path / "runs").exists() else []


def states(redis: Redis) -> list[bytes]:
    return [redis.hget(key, "state") for key in redis.smembers("rq:workers:normal")]


def put(redis: Redis, settings: Settings, number: int) -> None:
    assert submit(redis, Lane.NORMAL, detect(number), settings.worker)


def test_a_finished_job_leaves_no_trace_that_could_block_the_next_run(redis, settings, start, runs) -> None:
    start()
    put(redis, settings, 1)
    wait_until(lambda: len(runs()) == 2 and not live_jobs(redis))
    assert not list(redis.scan_iter("rq:job:*")) + list(redis.scan_iter("rq:results:*"))
    put(redis, settings, 1)
    wait_until(lambda: len(runs()) == 4)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [("os.system", ["touch {marker}"]), ("detect", ["{marker}"]), ("detect", [1, 2]), ("detect", [True])],
)
def test_a_job_outside_the_allowed_tasks_is_refused(
    redis, settings, start, runs, tmp_path, function, arguments
) -> None:
    marker = tmp_path / "marker"
    arguments = [item.format(marker=marker) if isinstance(item, str) else item for item in arguments]
    lane_queue(redis, Lane.NORMAL).enqueue(function, *arguments, job_id="bad")
    start()
    wait_until(lambda: failed_jobs(redis))
    assert failed_jobs(redis)["bad"].startswith("JobRefused: ")
    assert not marker.exists()
    assert [line for line in runs() if "start" in line] == []


def test_callbacks_in_redis_are_not_followed(redis, settings, start, tmp_path) -> None:
    queue = lane_queue(redis, Lane.NORMAL)
    job = queue.enqueue("os.system", "true", job_id="bad")
    redis.hset(job.key, mapping={"failure_callback_name": "os.mkfifo", "success_callback_name": "os.abort"})
    process = start()
    wait_until(lambda: failed_jobs(redis))
    assert process.poll() is None


def test_a_failure_is_tried_again_and_its_record_holds_no_content(redis, settings, start, runs) -> None:
    twice = settings.worker.model_copy(update={"tries": 2})
    submit(redis, Lane.NORMAL, detect(900), twice)
    process = start()
    wait_until(lambda: any("gave up" in line for line in runs()))
    lines = runs()
    assert [line.split()[0] for line in lines] == ["start", "start", "gave"]
    assert lines[-1] == "gave up detect-M900 ValueError: Inappropriate argument value (of correct type)."
    assert failed_jobs(redis) == {"detect-M900": "ValueError: Inappropriate argument value (of correct type)."}
    stored = b"".join(redis.dump(key) for key in redis.scan_iter())
    process.terminate()
    printed = process.communicate(timeout=10)[0]
    for content in (b"Jane", b"secret"):
        assert content not in stored + printed


def test_a_pause_between_tries_ends_without_another_process(redis, settings, start, runs) -> None:
    put(redis, settings, 901)
    start()
    wait_until(lambda: redis.zcard("rq:scheduled:normal"))
    [(job_id, due)] = redis.zrange("rq:scheduled:normal", 0, -1, withscores=True)
    redis.zadd("rq:scheduled:normal", {job_id: due - 10})
    wait_until(lambda: any("gave up" in line for line in runs()))


def test_sigterm_lets_an_idle_worker_end_at_once(redis, settings, start) -> None:
    process = start()
    wait_until(lambda: states(redis) == [b"idle"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert redis.scard("rq:workers:normal") == 0


def test_sigterm_lets_a_short_job_finish(redis, settings, start, runs) -> None:
    put(redis, settings, 15)
    process = start()
    wait_until(lambda: runs())
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=10)
    assert [line.split()[0] for line in runs()] == ["start", "done"]


@pytest.mark.slow
def test_sigterm_hands_a_long_job_back_at_no_cost(redis, settings, start, runs) -> None:
    put(redis, settings, 600)
    process = start()
    wait_until(lambda: runs())
    process.send_signal(signal.SIGTERM)
    took = wait_until(lambda: process.poll() is not None)
    assert took < 8
    queue = lane_queue(redis, Lane.NORMAL)
    assert queue.get_job_ids() == ["detect-M600"]
    job = queue.fetch_job("detect-M600")
    assert (job.get_status(), job.retries_left) == (JobStatus.QUEUED, 2)


@pytest.mark.slow
def test_the_job_of_a_worker_killed_in_the_middle_runs_again_within_seconds(redis, settings, start, runs) -> None:
    put(redis, settings, 40)
    victim = start()
    wait_until(lambda: runs())
    start()
    time.sleep(1.5)
    victim.kill()
    took = wait_until(lambda: len(runs()) >= 2, seconds=15)
    assert took < 8, "three heartbeats of one second, and the round of an idle worker"
    wait_until(lambda: runs()[-1].startswith("done"))
    assert sum("done" in line for line in runs()) == 1


@pytest.mark.slow
def test_a_long_job_with_signs_of_life_is_left_alone(redis, settings, start, runs) -> None:
    put(redis, settings, 70)
    start()
    start()
    wait_until(lambda: any("done" in line for line in runs()), seconds=20)
    assert [line.split()[0] for line in runs()] == ["start", "done"]


@pytest.mark.slow
def test_an_idle_worker_stops_while_redis_is_gone(redis, server, settings, start) -> None:
    process = start()
    wait_until(lambda: states(redis) == [b"idle"])
    server.kill()
    time.sleep(1)
    process.send_signal(signal.SIGTERM)
    wait_until(lambda: process.poll() is not None, seconds=10)


def test_a_job_that_takes_too_long_ends_though_its_task_holds_every_error_for_a_bad_file(
    redis, settings, start, runs
) -> None:
    once = settings.worker.model_copy(update={"job_timeout_seconds": 1, "tries": 1})
    submit(redis, Lane.NORMAL, detect(850), once)
    start()
    wait_until(lambda: failed_jobs(redis))
    assert failed_jobs(redis) == {"detect-M850": "TimedOut: It took longer than worker.job_timeout_seconds."}
    wait_until(lambda: runs()[-1].startswith("gave up detect-M850"))


def test_a_worker_is_seen_again_soon_after_redis_was_emptied(redis, settings, start, runs) -> None:
    start()
    wait_until(lambda: lanes_at_work(redis, settings))
    redis.flushall()
    wait_until(lambda: lanes_at_work(redis, settings) == {Lane.NORMAL})
    put(redis, settings, 1)
    wait_until(lambda: len(runs()) == 2)


@pytest.mark.slow
def test_a_worker_survives_a_restart_of_redis(redis, server, settings, start, runs) -> None:
    start()
    wait_until(lambda: states(redis) == [b"idle"])
    server.kill()
    time.sleep(1)
    put(server.start(), settings, 1)
    wait_until(lambda: len(runs()) == 2, seconds=15)


@pytest.mark.slow
def test_a_thousand_small_jobs_are_all_done(redis, settings, start) -> None:
    for number in range(1, 1001):
        submit(redis, Lane.NORMAL, match(number), settings.worker)
    start()
    wait_until(lambda: not live_jobs(redis), seconds=120)
    assert failed_jobs(redis) == {}


def test_a_job_whose_first_run_was_killed_long_ago_ends_well(start: Start, redis, settings, runs) -> None:
    put(redis, settings, 1)
    # What RQ leaves of a run whose worker died: its number in the list of runs, and nothing about it.
    redis.zadd("rq:executions:detect-M1", {"0123456789abcdef": time.time() + 60})
    start()
    wait_until(lambda: len(runs()) == 2 and not live_jobs(redis))
    assert failed_jobs(redis) == {}
