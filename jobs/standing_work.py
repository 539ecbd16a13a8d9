"""What the standing searches still have to do, read from the records: the keeper queues it, a command does it here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from redis import Redis
from sqlalchemy.orm import Session

from config.settings import Settings
from engine.records.deployment import Records
from engine.records.review import recalls
from engine.records.schema import now
from engine.records.searching import standing_marks
from engine.records.searching.standing_marks import Behind
from engine.records.words import Lane
from jobs.failures import failed_jobs
from jobs.index_builds import working_space
from jobs.queues import Work, recall, standing, submit
from jobs.recalling import recall_subject
from jobs.standing import search_standing
from jobs.workbench import Workbench

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StandingWork:
    """Where the standing searches are.

    behind: collections with arrivals. due: recalls not looked into yet; shown: subjects that came back in the last 24
    hours; left: how many more may today.
    """

    behind: tuple[Behind, ...]
    due: int
    shown: int
    left: int

    def oldest_seconds(self, at: datetime) -> float:
        """How long the oldest arrival has waited."""
        return max(((at - one.since).total_seconds() for one in self.behind if one.since is not None), default=0.0)


def standing_work(session: Session, settings: Settings) -> StandingWork:
    """Where the standing searches are at this moment; read-only."""
    space = working_space(session)
    behind = () if space is None else tuple(standing_marks.behind(session, space.id))
    shown = recalls.count_shown(session, now() - _DAY)
    left = max(0, settings.standing.recalls_per_day - shown)
    return StandingWork(behind, recalls.count_due(session), shown, left)


def queue_standing(records: Records, redis: Redis, settings: Settings) -> int:
    """Notice arrivals, and queue what is due; gives how many jobs were new. Work whose tries are spent is left alone.

    Arrivals gather for a while first: a search of many costs little more than of one.
    """
    works = [*_searches(records, settings, gather=True), *_recalls(records, settings)]
    if not works:
        return 0
    failed = failed_jobs(redis)
    return sum(submit(redis, Lane.NORMAL, work, settings.worker) for work in works if work.job_id not in failed)


def do_standing(bench: Workbench, say: Callable[[str], None]) -> None:
    """Do what is due in this process."""
    while works := _searches(bench.records, bench.settings, gather=False):
        for place, work in enumerate(works, start=1):
            say(f"Searching for what arrived, collection {place} of {len(works)}.")
            search_standing(bench, work.number)
    works = _recalls(bench.records, bench.settings)
    for place, work in enumerate(works, start=1):
        say(f"Making a new list of {work.target}, {place} of {len(works)}.")
        recall_subject(bench, work.number)


def _searches(records: Records, settings: Settings, *, gather: bool) -> list[Work]:
    """The searches for arrivals that make sense now."""
    with records.database.read() as session:
        space = working_space(session)
        behind = [] if space is None else standing_marks.behind(session, space.id)
    if space is None or not behind:
        return []
    if any(one.since is None for one in behind):
        with records.database.write() as session:
            standing_marks.notice(session, space.id)
        with records.database.read() as session:
            behind = standing_marks.behind(session, space.id)
    at = now()
    gathered = at - timedelta(seconds=settings.standing.gather_seconds if gather else 0)
    return [
        standing(one.mark_id)
        for one in behind
        if one.mark_id is not None and one.since is not None and one.since <= gathered and one.due(at)
    ]


def _recalls(records: Records, settings: Settings) -> list[Work]:
    """The recalls to look into, the rarest likeness first, no more than may come back today."""
    with records.database.read() as session:
        left = settings.standing.recalls_per_day - recalls.count_shown(session, now() - _DAY)
        return [recall(subject_id) for subject_id in recalls.due(session, limit=left)] if left > 0 else []
