"""Who is at work: workers by the heartbeat they leave in Redis, the keeper by the file it touches; read-only."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from rq.utils import utcparse
from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from config.paths import Paths
from config.settings import Settings
from engine.records.words import Lane

KEEPER = "keeper"
#: The service that takes in what arrives in a folder.
WATCH = "intake-watch"
_FIELDS = ("state", "last_heartbeat", "pid", "successful_job_count", "failed_job_count")


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker as it was last heard of; `silent_seconds` is how long ago that was."""

    name: str
    lane: Lane
    state: str
    process_id: int
    silent_seconds: float
    jobs_done: int
    jobs_failed: int


def workers_seen(redis: Redis) -> list[WorkerSeen]:
    """Every worker that Redis knows of, alive or not, in two round trips."""
    with redis.pipeline(transaction=False) as pipeline:
        for lane in Lane:
            pipeline.smembers(WORKERS_BY_QUEUE_KEY % lane.value)
        keys = [(lane, key) for lane, found in zip(Lane, pipeline.execute(), strict=True) for key in sorted(found)]
    with redis.pipeline(transaction=False) as pipeline:
        for _, key in keys:
            pipeline.hmget(key, _FIELDS)
        answers = pipeline.execute()
    return [_seen(lane, key, fields) for (lane, key), fields in zip(keys, answers, strict=True) if fields[1]]


def keeper_silence(paths: Paths) -> float | None:
    """Seconds since the keeper's last sign of life; None where it has left none."""
    return silence(paths, KEEPER)


def silence(paths: Paths, process: str) -> float | None:
    """Seconds since the last sign of life of a process that runs once per home; None where it has left none."""
    try:
        return max(0.0, time.time() - paths.heartbeat(process).stat().st_mtime)
    except FileNotFoundError:
        return None


def lanes_at_work(redis: Redis, settings: Settings) -> frozenset[Lane]:
    """The lanes on which a living worker takes jobs."""
    limit = settings.health.worker_silence_seconds
    return frozenset(worker.lane for worker in workers_seen(redis) if worker.silent_seconds <= limit)


def keeper_at_work(settings: Settings, paths: Paths) -> bool:
    """Whether a living keeper looks after this home, so that services are up or coming up."""
    silence = keeper_silence(paths)
    return silence is not None and silence <= settings.health.worker_silence_seconds


def _seen(lane: Lane, key: bytes, fields: list[bytes | None]) -> WorkerSeen:
    state, heartbeat, process_id, done, failed = (field.decode() if field else "" for field in fields)
    silence = (datetime.now(UTC) - utcparse(heartbeat)).total_seconds()
    return WorkerSeen(
        name=key.decode().rpartition(":")[2],
        lane=lane,
        state=state,
        process_id=int(process_id or 0),
        silent_seconds=max(0.0, silence),
        jobs_done=int(done or 0),
        jobs_failed=int(failed or 0),
    )
