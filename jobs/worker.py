"""The worker process: `python -m jobs.worker LANE` opens the records, finds Redis, loads the models and takes jobs."""

import os
import socket
import sys
import time

import structlog
from redis import Redis

from config.errors import TriageError
from config.logging import configure_logging
from config.paths import Paths
from config.settings import Settings, load_settings
from config.threads import wait_passively
from engine.records.deployment import open_records
from engine.records.words import Lane
from jobs.connection import connect
from jobs.errors import HandBack, RedisDown, UnknownLane
from jobs.lifeline import end_with_parent, service_parser
from jobs.model_worker import ModelWorker
from jobs.settling import give_up
from jobs.tasks import tasks_of
from jobs.workbench import Workbench

log = structlog.get_logger()

_REDIS_PATIENCE_SECONDS = 30.0
# A process that is replaced now and then cannot grow without end, whatever a library leaks.
_JOBS_PER_PROCESS = 5000


def serve(settings: Settings, lane: str, max_jobs: int = _JOBS_PER_PROCESS) -> bool:
    """Take jobs of one lane until stopped (False) or until `max_jobs` are done (True).

    Raises UnknownLane, and whatever keeps records, Redis or models from being opened.
    """
    if lane not in settings.worker.lanes:
        raise UnknownLane(
            f"There is no lane {lane} here; the lanes are {', '.join(settings.worker.lanes)}.", "Set worker.lanes."
        )
    paths = settings.paths
    name = f"{lane}.{socket.gethostname()}.{os.getpid()}"
    records = open_records(settings, paths)
    redis = _patient_connection(settings, paths)
    bench = Workbench(records, settings, paths, holder=f"worker:{name}", redis=redis)
    bench.warm_up()

    def settle(job_id: str, reason: str) -> None:
        give_up(records, job_id, reason, bench.actor)

    worker = ModelWorker.create(redis, Lane(lane), name, settings.worker, tasks_of(bench), settle)
    log.info("worker started", lane=lane, pid=os.getpid())
    try:
        worker.work(logging_level="WARNING", max_jobs=max_jobs)
    except HandBack:
        log.info("worker stopped without Redis", lane=lane)
    finally:
        bench.decoder.close()
        records.close()
    return not worker.stopping


def _patient_connection(settings: Settings, paths: Paths) -> Redis:
    """A connection, waiting for a Redis that is just starting; raises RedisDown after that."""
    until = time.monotonic() + _REDIS_PATIENCE_SECONDS
    while True:
        try:
            return connect(settings, paths)
        except RedisDown:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def main() -> None:
    """Run one worker; after its number of jobs the process starts afresh under the same process id."""
    parser = service_parser("One worker of one lane.")
    parser.add_argument("lane", help="urgent, normal or video")
    options = parser.parse_args()
    end_with_parent(options.parent)
    wait_passively()
    settings = load_settings()
    configure_logging(settings.logging)
    try:
        done = serve(settings, options.lane)
    except TriageError as error:
        sys.stderr.write(f"triage worker: {error.message}\n  {error.hint}\n")
        sys.exit(error.exit_code)
    if done:
        os.execv(sys.executable, [sys.executable, "-m", "jobs.worker", *sys.argv[1:]])  # noqa: S606 (ourselves)


if __name__ == "__main__":
    main()
