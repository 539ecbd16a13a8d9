"""The lanes as queues: how a job is named, put in once, known to be alive, and replaced when it is not."""

from dataclasses import dataclass

from redis import Redis
from rq import Queue, Retry
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import JobStatus
from rq.registry import ScheduledJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from config.groups import Worker as WorkerSettings
from engine.records.ids import public
from engine.records.words import Lane
from jobs.allowed_job import AllowedJob

# Seconds before the second and every later retry; the first comes at once, so that a killed worker costs no time.
_PAUSES = (0, 10, 60)
# A failure stays visible for a week; a finished job leaves at once, so that its name is free for the next run.
_FAILURE_SECONDS = 7 * 86_400
_RESULT_SECONDS = 0

#: What a task works on, where that is not a file.
_KINDS = {"match": "referral", "search": "referral", "fill": "fill", "standing": "mark", "recall": "subject"}
#: The tasks that go on for long, part by part.
_LONG = ("watch", "fill")


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work: the task's name and the id of what it works on. Its job id follows from these.

    after: how far it has come, in milliseconds of a video or in faces: every part is a piece of work of its own.
    """

    task: str
    number: int
    after: int | None = None

    @property
    def target(self) -> str:
        """The public id of what it works on."""
        return public(_KINDS.get(self.task, "media"), self.number)

    @property
    def job_id(self) -> str:
        """The one name this work has in Redis, such as detect-M12, watch-M12-31200, fill-L1-4800 or recall-S40."""
        name = f"{self.task}-{self.target}"
        return name if self.after is None else f"{name}-{self.after}"


def detect(media_id: int) -> Work:
    """The work of finding the faces of one file."""
    return Work("detect", media_id)


def watch(media_id: int, after_ms: int | None) -> Work:
    """The work of watching a video for a while, from where it was left on."""
    return Work("watch", media_id, after_ms)


def match(referral_id: int) -> Work:
    """The work of grouping and searching the faces of one referral."""
    return Work("match", referral_id)


def fill(fill_id: int, after: int) -> Work:
    """The work of embedding more faces in a space that is being filled."""
    return Work("fill", fill_id, after)


def standing(mark_id: int) -> Work:
    """The work of searching for what arrived in one collection in all unmatched subjects."""
    return Work("standing", mark_id)


def recall(subject_id: int) -> Work:
    """The work of making a new list of a subject that later material may show."""
    return Work("recall", subject_id)


def search(referral_id: int) -> Work:
    """The work of searching the subjects of a referral again whose list does not hold any more."""
    return Work("search", referral_id)


def lane_queue(redis: Redis, lane: Lane) -> Queue:
    """The queue of a lane: JSON instead of pickle, and only allowed jobs."""
    return Queue(lane.value, connection=redis, job_class=AllowedJob, serializer=JSONSerializer)


def submit(redis: Redis, lane: Lane, work: Work, settings: WorkerSettings) -> bool:
    """Make sure the work is in a queue exactly once; True where a job was put in, False where a live one exists.

    A failed or lost job of the same name is replaced. A waiting one moves over when the work has become urgent. Videos
    and fills keep to a lane of their own, so that nothing urgent waits for one; an urgent video comes first there.
    """
    is_urgent = lane is Lane.URGENT
    queue = lane_queue(redis, _served(Lane.VIDEO if work.task in _LONG else lane, settings))
    first = is_urgent and work.task == "watch"
    if _put(queue, work, settings, first=first):
        return True
    if _is_live(redis, work.job_id) and not (is_urgent and _taken_out_of_line(redis, work)):
        return False
    forget(redis, work.job_id)
    return _put(queue, work, settings, first=first)


def _served(lane: Lane, settings: WorkerSettings) -> Lane:
    """The lane itself, or where this deployment has no workers for it the first, for videos the last, that it has."""
    if lane.value in settings.lanes:
        return lane
    return Lane(settings.lanes[-1 if lane is Lane.VIDEO else 0])


def _put(queue: Queue, work: Work, settings: WorkerSettings, *, first: bool) -> bool:
    try:
        queue.enqueue(
            work.task,
            work.number,
            job_id=work.job_id,
            unique=True,
            at_front=first,
            description=work.job_id,
            job_timeout=settings.job_timeout_seconds,
            result_ttl=_RESULT_SECONDS,
            failure_ttl=_FAILURE_SECONDS,
            retry=Retry(max=settings.tries - 1, interval=list(_PAUSES[: settings.tries - 1]))
            if settings.tries > 1
            else None,
        )
    except DuplicateJobError:
        return False
    return True


def _retry(more: int) -> Retry | None:
    return Retry(max=more, interval=list(_PAUSES[:more])) if more else None


def _taken_out_of_line(redis: Redis, work: Work) -> bool:
    """Whether the job was still waiting in a slower lane, and has been taken out of it."""
    slower = [lane_queue(redis, lane).key for lane in Lane if lane is not Lane.URGENT]
    return any(redis.lrem(key, 1, work.job_id) for key in slower)


def forget(redis: Redis, job_id: str) -> None:
    """Remove every trace of a job that no worker will run any more."""
    try:
        AllowedJob.fetch(job_id, connection=redis, serializer=JSONSerializer).delete()
    except NoSuchJobError:
        redis.delete(AllowedJob.key_for(job_id))  # What is left of a job that was never whole.


def release_due(queue: Queue) -> None:
    """Put the jobs in line whose pause before another try is over."""
    registry = queue.scheduled_job_registry
    for job_id in registry.get_jobs_to_schedule():
        with queue.connection.pipeline() as pipeline:
            registry.remove(job_id, pipeline=pipeline)
            if job := queue.fetch_job(job_id):
                job.set_status(JobStatus.QUEUED, pipeline=pipeline)
                queue.push_job_id(job_id, pipeline=pipeline)
            pipeline.execute()


def live_jobs(redis: Redis) -> set[str]:
    """The ids of all jobs that wait, are being handed over, run, or are due for another try; read-only.

    A job whose worker has died counts as alive until RQ's own clean-up has retried or failed it: replacing it here
    would give a job that kills its worker endless tries.
    """
    with redis.pipeline(transaction=True) as pipeline:  # One moment: a job on the move must not be missed.
        for queue in (lane_queue(redis, lane) for lane in Lane):
            pipeline.lrange(queue.key, 0, -1)
            pipeline.lrange(queue.intermediate_queue_key, 0, -1)
            pipeline.zrange(ScheduledJobRegistry.key_template.format(queue.name), 0, -1)
            pipeline.zrange(StartedJobRegistry.key_template.format(queue.name), 0, -1)
        return {_job_part(entry) for entries in pipeline.execute() for entry in entries}


def _is_live(redis: Redis, job_id: str) -> bool:
    """Whether one job is among the live ones, without reading the thousands that wait."""
    with redis.pipeline(transaction=True) as pipeline:
        for queue in (lane_queue(redis, lane) for lane in Lane):
            pipeline.lpos(queue.key, job_id)
            pipeline.zscore(ScheduledJobRegistry.key_template.format(queue.name), job_id)
            pipeline.lrange(queue.intermediate_queue_key, 0, -1)
            pipeline.zrange(StartedJobRegistry.key_template.format(queue.name), 0, -1)
        found = pipeline.execute()
    waits = any(place is not None for place in found if not isinstance(place, list))
    return waits or any(
        _job_part(entry) == job_id for entries in found if isinstance(entries, list) for entry in entries
    )


def waiting_in_slower_lanes(redis: Redis, settings: WorkerSettings) -> set[str]:
    """The ids of the jobs that wait outside the lane of urgent work, but for those that have a lane of their own."""
    with redis.pipeline() as pipeline:
        for lane in set(Lane) - {_served(Lane.URGENT, settings)}:
            pipeline.lrange(lane_queue(redis, lane).key, 0, -1)
        waiting = {_job_part(entry) for entries in pipeline.execute() for entry in entries}
    return {job_id for job_id in waiting if job_id.partition("-")[0] not in _LONG}


def _job_part(entry: bytes) -> str:
    """The job of `detect-M12:execution` or of `detect-M12`."""
    return entry.decode().partition(":")[0]
