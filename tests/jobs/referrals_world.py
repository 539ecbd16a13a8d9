"""Reports, referrals and jobs for the tests of the jobs, made with the product's own functions."""

from io import BytesIO

from PIL import Image
from redis import Redis
from rq.job import JobStatus

from engine.formats.incoming import IncomingFile, IncomingReferral
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.faces.faces import mark_unreadable
from engine.records.intake import batches
from engine.records.intake.admission import receive
from engine.records.intake.referral_media import media_of
from engine.records.schema import Media, Referral
from engine.records.words import Lane, ReferralState
from jobs.queues import lane_queue

ACTOR = Actor.machine("keeper")


def picture(shade: int) -> bytes:
    data = BytesIO()
    Image.new("RGB", (32, 32), (shade, shade, shade)).save(data, "PNG")
    return data.getvalue()


def a_referral(records: Records, *shades: int, priority: int = 50) -> int:
    files = tuple(IncomingFile(f"{shade}.png", "image", data=picture(shade)) for shade in shades)
    report = IncomingReferral(f"report {shades}", files, report_number=f"{shades} {priority}")
    with records.database.write() as session:
        batch = batches.start_batch(session, actor=ACTOR)
        number = receive(session, records.vault, batch, report, actor=ACTOR, priority=priority).referral.id
        batches.finish_batch(session, batch, inputs=1, actor=ACTOR)
    return number


def state_of(records: Records, number: int) -> ReferralState:
    with records.database.read() as session:
        return session.get_one(Referral, number).state


def reason_of(records: Records, number: int) -> str | None:
    with records.database.read() as session:
        return session.get_one(Referral, number).reason


def media_ids(records: Records, number: int) -> list[int]:
    with records.database.read() as session:
        return [file.media.id for file in media_of(session, number)]


def look_at(records: Records, media_id: int) -> None:
    with records.database.write() as session:
        mark_unreadable(session, session.get_one(Media, media_id), "for the test", detector="none", actor=ACTOR)


def fail(redis: Redis, job_id: str, lane: Lane = Lane.NORMAL) -> None:
    """Make a waiting job one whose tries are spent, as a worker does."""
    queue = lane_queue(redis, lane)
    job = queue.fetch_job(job_id)
    queue.remove(job_id)
    with redis.pipeline() as pipeline:
        job.set_status(JobStatus.FAILED, pipeline=pipeline)
        job._handle_failure("WeightsMissing: The package is not installed.", pipeline)
        pipeline.execute()


def waiting(redis: Redis, lane: Lane = Lane.NORMAL) -> list[str]:
    return lane_queue(redis, lane).get_job_ids()
