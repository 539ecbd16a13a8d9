"""The worker class: one lane, models kept loaded, signs of life during a job, and a quick, clean end.

It runs jobs in its own process, because a fork after torch has used its threads hangs, and loading the models for each
job takes longer than the job. What a stock SimpleWorker lacks for that is added here: a job of a killed worker is found
within three heartbeats, instead of after the job's whole timeout.
"""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import structlog
from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue
from rq.executions import Execution
from rq.job import Job
from rq.registry import clean_registries
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker import SimpleWorker
from rq.worker_registration import clean_worker_registry, register

from config.groups import Worker as WorkerSettings
from engine.records.words import Lane
from jobs.allowed_job import AllowedJob
from jobs.errors import HandBack, JobRefused
from jobs.failures import reason_of
from jobs.queues import lane_queue, release_due
from jobs.time_limit import TimeLimit

log = structlog.get_logger()

# Heartbeats that may be missed before a worker counts as dead and its job is given to another.
_MISSED_BEATS = 3
# Seconds of one blocking wait for a job: how long an idle worker takes to notice that it should stop.
_WAIT_SECONDS = 2
# Seconds a worker that was told to stop may still work on its job before it hands the job back.
_GRACE_SECONDS = 5.0

#: Called with a job's id and the reason once its tries are spent.
GiveUp = Callable[[str, str], None]


class ModelWorker(SimpleWorker):
    """One worker process of one lane."""

    death_penalty_class = TimeLimit
    tasks: dict[str, Callable[[int], None]]
    give_up: GiveUp
    _reasons: dict[str, str]

    @classmethod
    def create(
        cls,
        redis: Redis,
        lane: Lane,
        name: str,
        settings: WorkerSettings,
        tasks: dict[str, Callable[[int], None]],
        give_up: GiveUp,
    ) -> "ModelWorker":
        """A worker of `lane` that runs `tasks`; `give_up` is told of each job whose tries are spent."""
        worker = cls(
            [lane_queue(redis, lane)],
            name=name,
            connection=redis,
            job_class=AllowedJob,
            serializer=JSONSerializer,
            exception_handlers=[],
            maintenance_interval=settings.heartbeat_seconds,
            worker_ttl=_WAIT_SECONDS + 15,  # RQ waits for this minus 15 seconds.
            job_monitoring_interval=settings.heartbeat_seconds,
            log_job_description=False,
        )
        worker.tasks = tasks
        worker.give_up = give_up
        worker.max_connection_wait_time = _WAIT_SECONDS
        worker._reasons = {}
        return worker

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002 (RQ's interface)
        """Seconds after which a silent job counts as abandoned."""
        return _MISSED_BEATS * int(self.job_monitoring_interval)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Leave a sign of life, and be on the list of workers: a Redis that was emptied has forgotten it."""
        super().heartbeat(timeout, pipeline)
        register(self, pipeline)

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """Wait for a job in short steps, so that a stop never comes between taking a job and starting it."""
        if timeout is None:
            return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
        while not self._stop_requested:
            if found := super().dequeue_job_and_maintain_ttl(timeout, max_idle_time=timeout):
                return found
        return None

    def clean_registries(self) -> None:
        """Retry the jobs of dead workers and put those in line whose pause is over.

        RQ's own lock for this lasts a quarter of an hour, and so would the silence after a worker killed while it
        holds it; this one lasts no longer than a dead worker's job.
        """
        queue = self.queues[0]
        seconds = _MISSED_BEATS * self.job_monitoring_interval
        if self.connection.set(queue.registry_cleaning_key, self.name, nx=True, ex=seconds):
            clean_registries(queue)
            clean_worker_registry(queue)
            queue.intermediate_queue.cleanup(self, queue)
            release_due(queue)
            self.connection.delete(queue.registry_cleaning_key)
        self.last_cleaned_at = now()  # type: ignore[assignment]  # RQ declares no type, so it counts as None.

    def perform_job(self, job: Job, queue: Queue, execution: Execution) -> bool:
        """Run the job with signs of life from a second thread."""
        if isinstance(job, AllowedJob):
            job.tasks = self.tasks
        done = threading.Event()
        beats = threading.Thread(target=self._beat, args=(job, execution, done), name="heartbeat", daemon=True)
        beats.start()
        try:
            return super().perform_job(job, queue, execution)
        finally:
            done.set()
            beats.join()

    def _beat(self, job: Job, execution: Execution, done: threading.Event) -> None:
        while not done.wait(self.job_monitoring_interval):
            try:
                self.maintain_heartbeats(job, execution)
            except RedisError as error:
                log.warning("no heartbeat: Redis does not answer", job=job.id, error=type(error).__name__)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log and remember the reason, never the message; decide whether another try makes sense."""
        error = exc_info[1]
        self._reasons[job.id] = reason_of(error)
        if isinstance(error, HandBack):
            job.retries_left = (job.retries_left or 0) + 1  # Stopping is no failure and costs no try.
            job.retry_intervals = None
            job.enqueue_at_front_on_retry = True
            log.info("job handed back", job=job.id)
            return
        if isinstance(error, JobRefused):
            job.retries_left = 0
        log.error("job failed", job=job.id, tries_left=job.retries_left or 0, exc_info=exc_info)

    def handle_job_failure(
        self,
        job: Job,
        queue: Queue,
        started_job_registry: Any = None,
        exc_string: str = "",
        execution: Execution | None = None,
    ) -> None:
        """Record the failure by its reason alone, and settle the referral when no try is left."""
        reason = self._reasons.pop(job.id, exc_string)
        last_try = not job.should_retry
        super().handle_job_failure(job, queue, started_job_registry, reason, execution)
        if last_try:
            self.give_up(job.id, reason)

    @property
    def stopping(self) -> bool:
        """Whether this worker was told to stop."""
        return self._stop_requested

    def request_stop(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 (a signal handler)
        """Stop after the current job, and hand that job back if it takes too long."""
        if self._stop_requested:
            raise HandBack
        self._stop_requested = True
        log.info("stopping", worker=self.name)
        last_call = threading.Timer(_GRACE_SECONDS, os.kill, (os.getpid(), signal.SIGTERM))
        last_call.daemon = True
        last_call.start()
