"""Why jobs failed: reasons without content, written by workers and read by people in groups."""

import os
import sqlite3
from collections import Counter
from typing import Any

from redis import Redis
from rq.exceptions import AbandonedJobError
from rq.job import Job, JobStatus
from rq.registry import FailedJobRegistry
from rq.results import Result
from sqlalchemy.exc import DBAPIError

from engine.records.words import Lane

_ABANDONED = "its worker ended in the middle of it"


def reason_of(error: BaseException | type[BaseException]) -> str:
    """One sentence on an error that quotes nothing from it: messages may hold paths, names or content.

    The words are the error class's own docstring, the operating system's text for an error number, or ours.
    """
    kind = error if isinstance(error, type) else type(error)
    return f"{kind.__name__}: {_words(error, kind)}"


def _words(error: BaseException | type[BaseException], kind: type[BaseException]) -> str:
    if issubclass(kind, AbandonedJobError):
        return _ABANDONED
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.OperationalError):
        return str(error.orig)  # SQLite's fixed texts, such as "database or disk is full".
    return (kind.__doc__ or "no description").strip().splitlines()[0]


def failed_jobs(redis: Redis) -> dict[str, str]:
    """The ids of all jobs whose tries are spent, each with its reason; read-only, in two round trips."""
    with redis.pipeline(transaction=False) as pipeline:
        for lane in Lane:
            pipeline.zrange(FailedJobRegistry.key_template.format(lane.value), 0, -1)
        ids = [entry.decode() for entries in pipeline.execute() for entry in entries]
    with redis.pipeline(transaction=False) as pipeline:
        for job_id in ids:
            pipeline.hget(Job.key_for(job_id), "status")
            pipeline.xrevrange(Result.get_key(job_id), count=1)  # type: ignore[no-untyped-call]  # RQ gives it no types.
        answers: list[Any] = pipeline.execute()
    # A job that was put in again since then is no longer failed, whatever the list still says.
    return {
        job_id: _recorded(redis, job_id, results)
        for job_id, status, results in zip(ids, answers[::2], answers[1::2], strict=True)
        if status == JobStatus.FAILED.value.encode()
    }


def grouped(failed: dict[str, str]) -> list[tuple[str, int]]:
    """Failures by reason with how many there are, the most frequent first."""
    return Counter(failed.values()).most_common()


def _recorded(redis: Redis, job_id: str, results: list[tuple[bytes, dict[bytes, bytes]]]) -> str:
    if not results:
        return "no reason was recorded"
    result_id, payload = results[0]
    reason = Result.restore(job_id, result_id.decode(), payload, connection=redis, serializer="json").exc_string
    if AbandonedJobError.__name__ in (reason or ""):
        return reason_of(AbandonedJobError)  # RQ's own clean-up words it with the time of day, which would not group.
    return reason or "no reason was recorded"
