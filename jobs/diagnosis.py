"""What of a snapshot is not well: one function per thing, each a sentence for the person on call and the next step."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from config.settings import Settings
from engine.records.words import ReferralState

if TYPE_CHECKING:
    from jobs.health import Snapshot


class Level(IntEnum):
    """How bad it is, as monitoring plugins count it; the exit code of `triage health`."""

    WELL = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not well, in a sentence, with what to do."""

    level: Level
    message: str
    hint: str


def diagnose(snapshot: "Snapshot", settings: Settings) -> Iterator[Finding]:
    """Everything that is not well, the truth of the records first."""
    yield from _accounting(snapshot)
    yield from _disk(snapshot, settings)
    yield from _pauses(snapshot)
    yield from _services(snapshot, settings)
    yield from _watch(snapshot, settings)
    yield from _waiting(snapshot, settings)
    yield from _failures(snapshot)
    yield from _indexes(snapshot)
    yield from _standing(snapshot, settings)


def _accounting(snapshot: "Snapshot") -> Iterator[Finding]:
    for difference in snapshot.accounting_differences:
        yield Finding(
            Level.CRITICAL,
            f"The sums do not close: {difference}.",
            "Keep everything as it is; see all that differs: triage reconcile --dry-run",
        )


def _disk(snapshot: "Snapshot", settings: Settings) -> Iterator[Finding]:
    if snapshot.disk_free_bytes < settings.health.disk_reserve_bytes:
        yield Finding(
            Level.CRITICAL,
            f"Only {snapshot.disk_free_bytes // 2**20} MiB are free; nothing is taken in any more.",
            "Make room where the home, the vault and the database lie.",
        )


def _pauses(snapshot: "Snapshot") -> Iterator[Finding]:
    for sentence in snapshot.pauses:
        yield Finding(Level.WARNING, f"{sentence}.", "Let it go on: triage jobs resume")


def _services(snapshot: "Snapshot", settings: Settings) -> Iterator[Finding]:
    """Redis, keeper and workers; an embedded deployment whose work is done may run none of them, but must say so."""
    idle = settings.redis_url is None and not any(lane.referrals for lane in snapshot.lanes)
    limit = settings.health.worker_silence_seconds
    if snapshot.redis != "up":
        if snapshot.keeper_silent_seconds is not None or not idle:
            yield Finding(Level.CRITICAL, "Redis does not answer: no work is being done.", "Start it: triage up")
        else:
            yield Finding(
                Level.WARNING,
                "No services are running: what comes in is worked on by the command that brings it.",
                "Start them: triage up",
            )
        return
    silence = snapshot.keeper_silent_seconds
    if silence is None or silence > limit:
        gone = "is not running" if silence is None else f"has been silent for {silence:.0f} seconds"
        yield Finding(Level.WARNING, f"The keeper {gone}: lost work is not found again.", "Start it: triage up")
    alive = {worker.lane.value for worker in snapshot.workers if worker.silent_seconds <= limit}
    for lane in settings.worker.lanes:
        if lane not in alive:
            waits = next(entry.referrals for entry in snapshot.lanes if entry.lane.value == lane)
            yield Finding(
                Level.CRITICAL if waits else Level.WARNING,
                f"No worker of the lane {lane} is alive; {waits} referrals wait in it.",
                "Read the worker's log; it may lack its models: triage models list",
            )


def _watch(snapshot: "Snapshot", settings: Settings) -> Iterator[Finding]:
    watch, limit = snapshot.watch, settings.health.worker_silence_seconds
    if watch is None:
        return
    if watch.waiting is None:
        yield Finding(
            Level.CRITICAL,
            f"The folder {watch.folder}, in which reports arrive, cannot be read.",
            "See that it is there and open to this account; then: triage up",
        )
    elif watch.silent_seconds is None or watch.silent_seconds > limit:
        yield Finding(
            Level.CRITICAL if watch.waiting else Level.WARNING,
            f"Nobody takes in what arrives in {watch.folder}; {watch.waiting} entries lie there.",
            "Start it: triage up, or triage intake watch",
        )
    if watch.refused:
        yield Finding(
            Level.WARNING,
            f"{watch.refused} entries of {watch.folder} were refused.",
            f"Read the reasons in {watch.folder}/refused; what is put right goes back up, what is not is taken away.",
        )


def _waiting(snapshot: "Snapshot", settings: Settings) -> Iterator[Finding]:
    limits = settings.health
    for lane in snapshot.lanes:
        if lane.oldest_seconds > limits.oldest_waiting_warning_seconds:
            critical = lane.oldest_seconds > limits.oldest_waiting_critical_seconds
            yield Finding(
                Level.CRITICAL if critical else Level.WARNING,
                f"A referral in the lane {lane.lane.value} has waited for {lane.oldest_seconds / 60:.0f} minutes.",
                "See what the workers do: triage jobs failed; give lost work back: triage reconcile",
            )


def _failures(snapshot: "Snapshot") -> Iterator[Finding]:
    if failed := snapshot.states[ReferralState.FAILED.value]:
        yield Finding(Level.WARNING, f"Referrals that have failed: {failed}.", "See why: triage jobs failed")
    for reason, count in snapshot.failures:
        yield Finding(
            Level.WARNING, f"{count} jobs failed: {reason}", "Put the cause right, then: triage jobs retry --all"
        )


def _standing(snapshot: "Snapshot", settings: Settings) -> Iterator[Finding]:
    standing = snapshot.standing
    if standing.oldest_seconds > settings.health.standing_warning_seconds:
        because = f": {'; '.join(standing.blocked)}" if standing.blocked else ""
        yield Finding(
            Level.WARNING,
            f"{standing.arrivals} faces that arrived were not searched for in everybody not found, "
            f"the oldest for {standing.oldest_seconds / 60:.0f} minutes{because}.",
            "See where: triage standing status; search now: triage standing run",
        )


def _indexes(snapshot: "Snapshot") -> Iterator[Finding]:
    for index in snapshot.indexes:
        if index.refused:
            yield Finding(
                Level.CRITICAL,
                f"{index.scope}: {index.refused}",
                "Searches stay right, only slower. Try again, and tell who looks after the machine: triage index build",
            )
        elif index.due:
            yield Finding(
                Level.WARNING,
                f"The index of {index.scope} shows {index.behind} of {index.faces} faces wrongly or not at all; "
                "searches read those from the records and are slower.",
                "The keeper builds it again; or do it now: triage index build",
            )
