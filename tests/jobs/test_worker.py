"""The worker as a real process with the real networks: referrals become ready, kill -9 or not, and nothing leaks."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import Settings
from engine.records.schema import LedgerEvent
from engine.records.words import ReferralState
from tests.jobs.intake_world import by_source, candidates, number, put_in
from tests.jobs.jobs_world import wait_until
from tests.jobs.pictures import astronaut, beside, hopper, png
from tests.jobs.referrals_world import state_of


class Workers:
    """Real worker processes of the normal lane."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "TRIAGE_HOME": str(self.settings.home),
            "TRIAGE_WORKER__HEARTBEAT_SECONDS": "1",
            "OMP_NUM_THREADS": "1",
        }
        log = (self.folder / f"worker-{len(self.processes)}.log").open("wb")
        command = [sys.executable, "-m", "jobs.worker", "normal"]
        self.processes.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        return self.processes[-1]

    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("worker-*.log")))


@pytest.fixture
def workers(settings, tmp_path) -> Iterator[Workers]:
    workers = Workers(settings, tmp_path)
    yield workers
    for process in workers.processes:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_worker_makes_referrals_ready_and_leaves_no_content_in_redis_or_log(
    bench, records, permit, incoming, redis, workers
) -> None:
    process = workers.start()
    wait_until(lambda: redis.scard("rq:workers:normal"), seconds=60)
    receipt = put_in(bench, incoming, wait=True)
    assert {entry["state"] for entry in receipt.document["referrals"]} == {"ready"}
    assert len(candidates(records, by_source(receipt)["people"])) == 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    written = b"".join(redis.dump(key) for key in redis.scan_iter()).decode("latin-1") + workers.logs()
    for content in ("people", "both.png", "eileen", str(incoming)):
        assert content not in written


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_nothing_and_nothing_is_done_twice(
    bench, records, permit, incoming, redis, workers, tmp_path
) -> None:
    for copy in range(8):
        (incoming / f"more-{copy}").mkdir()
        picture = beside(astronaut(), hopper()).rotate(copy, expand=True)
        (incoming / f"more-{copy}" / "picture.png").write_bytes(png(picture))
    victim = workers.start()
    wait_until(lambda: redis.scard("rq:workers:normal"), seconds=60)
    receipt = put_in(bench, incoming)
    wait_until(lambda: ReferralState.READY in {state_of(records, number(one)) for one in receipt.document["referrals"]})
    victim.kill()
    workers.start()
    numbers = [number(entry) for entry in receipt.document["referrals"]]
    wait_until(lambda: {state_of(records, one) for one in numbers} == {ReferralState.READY}, seconds=180)
    with records.database.read() as session:
        for one in numbers:
            events = session.query(LedgerEvent).filter_by(action="referral.moved", target=f"R{one}").all()
            assert [event.details["to"] for event in events].count("ready") == 1
