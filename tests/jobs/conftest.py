"""A home of its own for each test, with records, a private Redis and a workbench where a test asks for them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from config.models import load_manifest
from config.paths import Paths
from config.settings import Settings
from engine.records.deployment import Records, open_records
from jobs.workbench import Workbench
from tests.jobs.jobs_world import Server

if TYPE_CHECKING:
    from engine.vision.pipeline import FacePipeline


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


@pytest.fixture(scope="session")
def pipeline() -> "FacePipeline":
    """The networks, loaded once for all tests."""
    from engine.vision.errors import WeightsMissing
    from engine.vision.pipeline import FacePipeline

    try:
        return FacePipeline.load(load_manifest(), threshold=0.8, max_side=1600, threads=1)
    except WeightsMissing as error:
        pytest.skip(str(error))


@pytest.fixture
def bench(records: Records, settings: Settings, paths: Paths, pipeline: "FacePipeline") -> Workbench:
    """The tools of a command: no Redis, and models that are loaded already."""
    bench = Workbench(records, settings, paths, holder="command:test")
    bench.pipeline = pipeline
    return bench
