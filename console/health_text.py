"""A health snapshot as lines for the screen: the verdict, what to do, and the numbers behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from config.settings import Settings
from console.cli.output import duration
from jobs.diagnosis import Level
from jobs.health import Snapshot

Tone = Literal["plain", "muted", "success", "warning", "error"]

_TONES: dict[Level, Tone] = {
    Level.WELL: "success",
    Level.WARNING: "warning",
    Level.CRITICAL: "error",
    Level.UNKNOWN: "warning",
}
_VERDICTS = {
    Level.WELL: "WELL: referrals flow",
    Level.WARNING: "WARNING: something needs looking at",
    Level.CRITICAL: "CRITICAL: referrals do not flow as they should",
    Level.UNKNOWN: "CANNOT TELL",
}


@dataclass(frozen=True, slots=True)
class HealthLine:
    """A line of text, how it is meant, and whether it heads others."""

    text: str
    tone: Tone = "plain"
    heading: bool = False


def describe(snapshot: Snapshot, settings: Settings) -> Iterator[HealthLine]:
    """The snapshot for a person: what is wrong first."""
    yield HealthLine(_VERDICTS[snapshot.level], _TONES[snapshot.level], heading=True)
    for finding in sorted(snapshot.findings, key=lambda one: one.level, reverse=True):
        yield HealthLine("")
        yield HealthLine(finding.message, _TONES[finding.level])
        yield HealthLine(f"  {finding.hint}", "muted")
    yield from _lanes(snapshot, settings)
    yield from _states(snapshot)
    yield from _failures(snapshot)
    yield from _rest(snapshot)


def _lanes(snapshot: Snapshot, settings: Settings) -> Iterator[HealthLine]:
    yield from _head(f"{'Lane':<10}{'waiting':>9}{'oldest':>10}{'in Redis':>10}{'workers':>9}  last sign of life")
    for lane in snapshot.lanes:
        workers = [worker for worker in snapshot.workers if worker.lane == lane.lane]
        alive = [one for one in workers if one.silent_seconds <= settings.health.worker_silence_seconds]
        oldest = duration(lane.oldest_seconds) if lane.referrals else "-"
        jobs = "-" if lane.jobs_waiting is None else f"{lane.jobs_waiting:,}"
        seen = f"{duration(min(one.silent_seconds for one in workers))} ago" if workers else "-"
        yield HealthLine(f"{lane.lane:<10}{lane.referrals:>9,}{oldest:>10}{jobs:>10}{len(alive):>9}  {seen}")


def _states(snapshot: Snapshot) -> Iterator[HealthLine]:
    yield from _head("Referrals by state")
    found = [(state, count) for state, count in snapshot.states.items() if count]
    for state, count in found:
        yield HealthLine(f"{count:>9,}  {state.replace('_', ' ')}")
    yield HealthLine(f"{sum(count for _, count in found):>9,}  in all")
    if not snapshot.accounting_differences:
        yield HealthLine("           every input of every batch is accounted for", "muted")


def _failures(snapshot: Snapshot) -> Iterator[HealthLine]:
    if snapshot.failures:
        yield from _head("Failed jobs by reason")
        for reason, count in snapshot.failures:
            yield HealthLine(f"{count:>9,}  {reason}")


def _rest(snapshot: Snapshot) -> Iterator[HealthLine]:
    silent = snapshot.keeper_silent_seconds
    yield from _head("Services")
    yield HealthLine(f"Redis     {snapshot.redis}{', workers paused' if snapshot.paused else ''}")
    yield HealthLine(f"Keeper    {'not running' if silent is None else f'seen {duration(silent)} ago'}")
    yield HealthLine(f"Indexes   {index_words(snapshot)}")
    yield HealthLine(f"Disk      {snapshot.disk_free_bytes / 2**30:.1f} GiB free")


def _head(text: str) -> Iterator[HealthLine]:
    yield HealthLine("")
    yield HealthLine(text, heading=True)


def index_words(snapshot: Snapshot) -> str:
    """What is to be done about the indexes; one that is a little behind is read together with the records."""
    due = sum(index.due for index in snapshot.indexes)
    return f"{due} of {len(snapshot.indexes)} should be built again" if due else "none needs to be built"
