"""A private Redis for each test that asks for one, and settings and paths of a home of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from config.paths import Paths
from config.settings import Settings
from engine.records.deployment import Records, open_records
from tests.jobs.jobs_world import Server


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    paths = Paths(tmp_path / "home")
    paths.create()
    yield paths
    shutil.rmtree(paths.runtime)


@pytest.fixture
def settings(paths: Paths) -> Settings:
    """The defaults, with signs of life often enough that a test need not wait long for a dead worker's job."""
    return Settings.model_validate({"home": paths.home, "worker": {"heartbeat_seconds": 1}})


@pytest.fixture
def server(settings: Settings, paths: Paths) -> Iterator[Server]:
    server = Server(settings, paths)
    yield server
    server.kill()


@pytest.fixture
def redis(server: Server) -> Iterator[Redis]:
    redis = server.start()
    yield redis
    redis.close()


@pytest.fixture
def records(settings: Settings, paths: Paths) -> Iterator[Records]:
    records = open_records(settings, paths)
    yield records
    records.close()
