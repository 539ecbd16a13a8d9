"""The services as child processes: they come up, come back, and never outlive the process that started them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import Settings
from jobs.alive import keeper_silence
from jobs.connection import connect
from jobs.errors import AlreadyRunning
from jobs.services import Service, running_services, services_of
from tests.jobs.jobs_world import wait_until

REPOSITORY = Path(__file__).parents[2]


def lives(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended; its entry waits for whoever adopted it.
    return "Z" not in Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis and the keeper alone: workers load models, which these tests need not wait for."""
    services = [Service("redis", ("jobs.redis_server",)), Service("keeper", ("jobs.keeper",))]
    monkeypatch.setattr("jobs.services.services_of", lambda _: services)


def test_the_services_are_those_of_the_procfile() -> None:
    lines = (REPOSITORY / "Procfile").read_text().splitlines()
    assert [line.partition(":")[0] for line in lines] == [service.name for service in services_of(Settings())]


def test_a_configured_redis_is_not_started_here() -> None:
    settings = Settings.model_validate({"redis_url": "redis://example", "worker": {"lanes": ("urgent",)}})
    assert [service.name for service in services_of(settings)] == ["urgent", "keeper"]


def test_they_come_up_and_none_is_left_behind(settings, paths, few) -> None:
    with running_services(settings, paths, paths.logs) as services:
        running = services.process_ids()
        assert set(running) == {"redis", "keeper"}
        connect(settings, paths).close()
        wait_until(lambda: keeper_silence(paths) is not None)
    assert not any(lives(process_id) for process_id in running.values())
    assert (paths.logs / "redis.log").stat().st_size > 0


def test_none_is_left_behind_after_an_error(settings, paths, few) -> None:
    with pytest.raises(ZeroDivisionError), running_services(settings, paths, paths.logs) as services:
        running = services.process_ids()
        raise ZeroDivisionError
    assert not any(lives(process_id) for process_id in running.values())


def test_one_home_is_served_once(settings, paths, few) -> None:
    second = running_services(settings, paths, paths.logs)
    with running_services(settings, paths, paths.logs), pytest.raises(AlreadyRunning, match="running already"):
        second.__enter__()


def test_a_service_that_dies_is_started_again(settings, paths, few) -> None:
    with running_services(settings, paths, paths.logs) as services:
        before = services.process_ids()["keeper"]
        os.kill(before, signal.SIGKILL)

        def back() -> bool:
            services.watch()
            return services.process_ids().get("keeper", before) != before

        assert wait_until(back) >= 1, "after a pause"


@pytest.mark.slow
def test_none_is_left_behind_when_their_parent_is_killed(settings, paths) -> None:
    script = f"""
import time
import jobs.services
from jobs.services import Service, running_services
from config.logging import configure_logging
from config.settings import Settings
settings = Settings.model_validate({{"home": {str(settings.home)!r}}})
configure_logging(settings.logging)
services = [Service("redis", ("jobs.redis_server",)), Service("keeper", ("jobs.keeper",))]
jobs.services.services_of = lambda settings: services
with running_services(settings, settings.paths, settings.paths.logs) as running:
    print(*running.process_ids().values(), flush=True)
    time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=REPOSITORY)
    children = [int(number) for number in parent.stdout.readline().split()]
    assert len(children) == 2 and all(lives(child) for child in children)
    parent.kill()
    parent.wait()
    wait_until(lambda: not any(lives(child) for child in children), seconds=10)
