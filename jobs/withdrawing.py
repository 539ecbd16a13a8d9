"""Takes the waiting jobs of a withdrawn referral out of their queues, where nobody else waits for them."""

from redis import Redis
from sqlalchemy.orm import Session

from engine.records.deployment import Records
from engine.records.ids import public
from engine.records.intake.referral_media import media_of
from engine.records.words import Lane
from jobs.pending import pending_with
from jobs.queues import detect, forget, lane_queue, match, search


def drop_waiting(records: Records, redis: Redis, referral_id: int) -> list[str]:
    """Drop what waits for a referral that is closed; gives the names of the jobs. Running ones keep nothing.

    Safe to repeat; a job that is left over does nothing. Raises redis' ConnectionError.
    """
    with records.database.read() as session:
        names = _names(session, referral_id)
    waiting = {job_id for lane in Lane for job_id in lane_queue(redis, lane).get_job_ids()}
    dropped = [name for name in sorted(waiting) if name in names or name.startswith(_watching(names))]
    for name in dropped:
        if any(redis.lrem(lane_queue(redis, lane).key, 0, name) for lane in Lane):
            forget(redis, name)
    return dropped


def _names(session: Session, referral_id: int) -> set[str]:
    """The jobs that can wait for the referral; `watch-M12` stands for all parts of a video."""
    names = {match(referral_id).job_id, search(referral_id).job_id}
    for file in media_of(session, referral_id):
        if not pending_with(session, file.media.id):
            names |= {detect(file.media.id).job_id, f"watch-{public('media', file.media.id)}"}
    return names


def _watching(names: set[str]) -> tuple[str, ...]:
    return tuple(f"{name}-" for name in names if name.startswith("watch-"))
