"""A deployment for the time of a benchmark: a home of its own, an embedded Redis and real workers, gone afterwards."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from config.settings import Settings
from engine.records.actors import Actor
from engine.records.deployment import open_records
from engine.records.ids import parse
from engine.records.schema import LedgerEvent, Referral
from engine.records.words import ReferralState
from jobs.alive import lanes_at_work
from jobs.connection import connect
from jobs.enqueue import Order, enqueue
from jobs.errors import ServiceFailed
from jobs.pending import UNDER_WAY
from jobs.services import Services
from jobs.workbench import Workbench

_ACTOR = Actor.machine("bench")
_START_SECONDS = 120.0
_POLL_SECONDS = 0.05
#: Priorities that lead to the urgent and to the normal lane.
URGENT, NORMAL = 0, 50


@dataclass(frozen=True, slots=True)
class Temporary:
    """A running deployment, whose keeper makes no rounds."""

    bench: Workbench
    services: Services

    def take_in(self, folder: Path, priority: int = NORMAL) -> list[int]:
        """Make a referral of everything in a folder and hand them to the workers; the referrals' numbers."""
        order = Order(each=True, priority=priority)
        receipt = enqueue(self.bench, [folder], order, actor=_ACTOR, say=lambda _: None)
        return [parse(entry["id"], "referral") for entry in receipt.document["referrals"]]

    def finish(self, numbers: Sequence[int]) -> float:
        """Wait for referrals, and give the seconds from the workers' first step on any until the last was ready.

        Raises ServiceFailed where one did not become ready.
        """
        while self._in(numbers, UNDER_WAY):
            self.services.watch()
            time.sleep(_POLL_SECONDS)
        if left := len(numbers) - self._in(numbers, (ReferralState.READY,)):
            raise ServiceFailed(f"{left} referrals did not become ready.", f"Read {self.bench.paths.logs}.")
        targets = [f"R{number}" for number in numbers]
        begun = select(func.min(LedgerEvent.at)).where(
            LedgerEvent.actor.startswith("worker:"), LedgerEvent.target.in_(targets)
        )
        ready = select(func.max(Referral.ready_at)).where(Referral.id.in_(numbers))
        with self.bench.records.database.read() as session:
            first, last = session.scalar(begun), session.scalar(ready)
        if first is None or last is None:
            raise ServiceFailed("No worker took the work.", f"Read {self.bench.paths.logs}.")
        return (last - first).total_seconds()

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        lanes = self.bench.settings.worker.lanes
        return [pid for name, pid in self.services.process_ids().items() if name in lanes]

    def _in(self, numbers: Sequence[int], states: Sequence[ReferralState]) -> int:
        query = select(func.count()).where(Referral.id.in_(numbers), Referral.state.in_(states))
        with self.bench.records.database.read() as session:
            return session.scalar(query) or 0


@contextmanager
def temporary(settings: Settings, *, lanes: tuple[str, ...] = ("normal",), threads: int = 1) -> Iterator[Temporary]:
    """A new deployment with one worker for each lane; these settings count for pictures only.

    threads: of each worker's networks. Raises ServiceFailed where it does not come up.
    """
    home = Path(tempfile.mkdtemp(prefix="triage-bench-"))
    chosen = Settings.model_validate(
        {
            "home": home,
            "worker": {"lanes": lanes},
            "detection": settings.detection.model_dump() | {"threads": threads},
            "decoding": settings.decoding.model_dump(),
            # One round at the beginning: a keeper at work would be measured too.
            "keeper": {"interval_seconds": 3600},
            "health": {"disk_reserve_bytes": 64 * 2**20},
        }
    )
    paths = chosen.paths
    try:
        paths.create()
        records = open_records(chosen, paths)
        services = Services(chosen, paths, paths.logs, own_settings=True)
        try:
            services.start()
            bench = Workbench(records, chosen, paths, f"command:bench.{os.getpid()}")
            _wait_for_workers(bench)
            yield Temporary(bench, services)
        finally:
            services.stop()
            records.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(paths.runtime, ignore_errors=True)


def _wait_for_workers(bench: Workbench) -> None:
    redis = connect(bench.settings, bench.paths)
    until = time.monotonic() + _START_SECONDS
    while len(lanes_at_work(redis, bench.settings)) < len(bench.settings.worker.lanes):
        if time.monotonic() > until:
            raise ServiceFailed("The workers of the benchmark did not come up.", "See whether `triage up` works.")
        time.sleep(_POLL_SECONDS)
    redis.close()
