"""How the deployment is, in one snapshot: read-only, quick, and judged by the settings' thresholds.

RQ's own monitors clean up while they look, which re-queues jobs and runs callbacks in the monitoring process. Here
nothing is called that changes anything.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError
from rq.suspension import is_suspended
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.paths import Paths
from config.settings import Settings
from engine.records.database import unit_of
from engine.records.deployment import Records
from engine.records.intake import pauses
from engine.records.intake.accounting import account
from engine.records.schema import Referral, now
from engine.records.words import Lane, Paused, ReferralState
from jobs.accounts import last_check
from jobs.alive import WATCH, WorkerSeen, keeper_silence, silence, workers_seen
from jobs.connection import connect
from jobs.diagnosis import Finding, Level, diagnose
from jobs.errors import RedisDown
from jobs.failures import failed_jobs, grouped
from jobs.index_builds import lags
from jobs.pending import UNDER_WAY
from jobs.queues import lane_queue
from jobs.room import least_room
from jobs.standing_work import StandingWork, standing_work
from jobs.watched_folder import refused_in, waiting_in


@dataclass(frozen=True, slots=True)
class LaneHealth:
    """One lane: referrals that wait for workers, the longest wait in seconds, jobs in Redis (None: not known)."""

    lane: Lane
    referrals: int
    oldest_seconds: float
    jobs_waiting: int | None


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """One collection: its faces, how many of them its index does not show as they are, and whether to build it anew."""

    scope: str
    faces: int
    behind: int
    usable: bool
    due: bool
    refused: str | None


@dataclass(frozen=True, slots=True)
class StandingHealth:
    """Faces that arrived and were not yet searched for in everybody not found, how long the oldest has waited, and why
    where they cannot be; recalls that wait to be looked into."""

    arrivals: int
    oldest_seconds: float
    blocked: tuple[str, ...]
    recalls_due: int


@dataclass(frozen=True, slots=True)
class WatchHealth:
    """The folder in which reports arrive: entries that wait and that were refused (None: it cannot be read), and how
    long its service has been silent (None: it never gave a sign)."""

    folder: str
    waiting: int | None
    refused: int | None
    silent_seconds: float | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything `triage health` shows, as of one moment."""

    at: datetime
    redis: str
    paused: bool
    pauses: tuple[str, ...]
    lanes: tuple[LaneHealth, ...]
    states: dict[str, int]
    workers: tuple[WorkerSeen, ...]
    keeper_silent_seconds: float | None
    failures: tuple[tuple[str, int], ...]
    indexes: tuple[IndexHealth, ...]
    standing: StandingHealth
    accounting_differences: tuple[str, ...]
    disk_free_bytes: int
    watch: WatchHealth | None
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The worst of the findings; a thing that cannot be told never hides one that is critical."""
        levels = {finding.level for finding in self.findings}
        return next((level for level in (Level.CRITICAL, Level.UNKNOWN, Level.WARNING) if level in levels), Level.WELL)

    def document(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {
            **asdict(self),
            "at": self.at.isoformat(),
            "level": self.level.name.lower(),
            "findings": [asdict(finding) | {"level": finding.level.name.lower()} for finding in self.findings],
        }


def take_snapshot(records: Records, settings: Settings, paths: Paths) -> Snapshot:
    """Look at everything once, changing nothing; a Redis that is down is a finding. Raises Down without a database."""
    with records.database.read() as session:
        states = _states(session)
        waiting = _waiting(session)
        indexes = tuple(
            IndexHealth(lag.scope.name, lag.faces, lag.behind, lag.usable, lag.due, lag.refused)
            for lag in lags(session, paths)
        )
        differences = account(session).difference
        stopped = pauses.in_force(session)
        told = tuple(pauses.in_words(session, one) for one in stopped.values())
        standing = _standing(standing_work(session, settings))
    checked = last_check(paths)
    differences = tuple(dict.fromkeys((*differences, *(checked.differences if checked else ()))))
    queue = _look_at_redis(settings, paths)
    lanes = tuple(LaneHealth(lane, *waiting.get(lane, (0, 0.0)), queue.waiting.get(lane)) for lane in Lane)
    unjudged = Snapshot(
        at=datetime.now(UTC),
        redis=queue.state,
        paused=queue.paused or Paused.WORK in stopped,
        pauses=told,
        lanes=lanes,
        states=states,
        workers=queue.workers,
        keeper_silent_seconds=keeper_silence(paths),
        failures=queue.failures,
        indexes=indexes,
        standing=standing,
        accounting_differences=differences,
        disk_free_bytes=least_room(settings).free,
        watch=_watch(settings, paths),
        findings=(),
    )
    return replace(unjudged, findings=tuple(diagnose(unjudged, settings)))


@dataclass(frozen=True, slots=True)
class _Queue:
    """What Redis knows; empty where it does not answer."""

    state: str
    paused: bool = False
    waiting: dict[Lane, int] = field(default_factory=dict)
    workers: tuple[WorkerSeen, ...] = ()
    failures: tuple[tuple[str, int], ...] = ()


def _look_at_redis(settings: Settings, paths: Paths) -> _Queue:
    try:
        redis = connect(settings, paths)
        waiting = {lane: redis.llen(lane_queue(redis, lane).key) for lane in Lane}
        failures = tuple(grouped(failed_jobs(redis)))
        return _Queue("up", bool(is_suspended(redis)), waiting, tuple(workers_seen(redis)), failures)
    except (RedisDown, RedisError):
        return _Queue("down")


def _standing(work: StandingWork) -> StandingHealth:
    return StandingHealth(
        sum(one.waiting for one in work.behind),
        work.oldest_seconds(now()),
        tuple(sorted({one.blocked for one in work.behind if one.blocked is not None})),
        work.due,
    )


def _watch(settings: Settings, paths: Paths) -> WatchHealth | None:
    if settings.intake.watch_folder is None:
        return None
    folder, silent = Path(settings.intake.watch_folder).expanduser(), silence(paths, WATCH)
    try:
        return WatchHealth(str(folder), waiting_in(folder), refused_in(folder), silent)
    except OSError:
        return WatchHealth(str(folder), None, None, silent)


def _states(session: Session) -> dict[str, int]:
    """How many referrals are in each state, those without any included."""
    query = select(Referral.state, func.count()).where(Referral.unit_id == unit_of(session)).group_by(Referral.state)
    found = {state.value: count for state, count in session.execute(query)}
    return {state.value: 0 for state in ReferralState} | found


def _waiting(session: Session) -> dict[Lane, tuple[int, float]]:
    """The referrals that wait for workers by lane: how many, and the longest wait in seconds."""
    query = (
        select(Referral.lane, func.count(), func.min(Referral.state_since))
        .where(Referral.unit_id == unit_of(session), Referral.state.in_(UNDER_WAY))
        .group_by(Referral.lane)
    )
    return {lane: (count, (now() - oldest).total_seconds()) for lane, count, oldest in session.execute(query)}
