"""A health snapshot as Prometheus's text format: numbers and words of our vocabularies, never names or paths."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge, generate_latest

if TYPE_CHECKING:
    from jobs.health import Snapshot


def exposition(snapshot: "Snapshot") -> str:
    """The text that a Prometheus server or a node exporter's textfile collector reads."""
    registry = CollectorRegistry()

    def gauge(name: str, about: str, value: float | None) -> None:
        if value is not None:
            Gauge(f"triage_{name}", about, registry=registry).set(value)

    def gauges(name: str, about: str, label: str, values: Mapping[str, float]) -> None:
        family = Gauge(f"triage_{name}", about, [label], registry=registry)
        for word, value in values.items():
            family.labels(word).set(value)

    lanes = snapshot.lanes
    gauge("level", "How it is: 0 well, 1 warning, 2 critical, 3 cannot tell.", snapshot.level.value)
    gauges("referrals", "Referrals by state.", "state", snapshot.states)
    gauges("referrals_waiting", "Referrals that wait for workers.", "lane", {one.lane: one.referrals for one in lanes})
    gauges("oldest_waiting_seconds", "The longest wait.", "lane", {one.lane: one.oldest_seconds for one in lanes})
    gauges(
        "jobs_waiting",
        "Jobs that wait in Redis.",
        "lane",
        {one.lane: one.jobs_waiting for one in lanes if one.jobs_waiting is not None},
    )
    gauges(
        "workers",
        "Workers that Redis knows of.",
        "lane",
        {one.lane: sum(worker.lane == one.lane for worker in snapshot.workers) for one in lanes},
    )
    gauge("jobs_failed", "Jobs whose tries are spent.", sum(count for _, count in snapshot.failures))
    gauge("redis_up", "Whether Redis answers.", snapshot.redis == "up")
    gauge("paused", "Whether the workers are paused.", snapshot.paused)
    gauge("keeper_silent_seconds", "Since the keeper's last sign of life.", snapshot.keeper_silent_seconds)
    gauge("index_faces_behind", "Faces that no index shows as they are.", sum(one.behind for one in snapshot.indexes))
    gauge("accounting_differences", "Sums that do not close.", len(snapshot.accounting_differences))
    gauge("disk_free_bytes", "Free space on the disk of the home.", snapshot.disk_free_bytes)
    return generate_latest(registry).decode()
