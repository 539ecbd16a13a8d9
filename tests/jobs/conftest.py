"""A home of its own for each test, with records, a private Redis and a workbench where a test asks for them."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from config.groups import Decoding
from config.models import load_manifest
from config.paths import Paths
from config.settings import Settings
from engine.records.actors import Actor
from engine.records.deployment import Records, open_records
from engine.records.people import galleries, users
from engine.records.schema import now
from engine.records.searching import permits
from engine.records.words import Channel, GalleryPurpose, SubjectRole, UserRole
from engine.vision.decoding.decoder import Decoder
from engine.vision.decoding.process import Limits
from jobs.enrol import enrol
from jobs.workbench import Workbench
from tests.jobs.jobs_world import Server
from tests.jobs.pictures import astronaut, beside, hopper, mirrored, nobody, png

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


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    """A decoder with the limits that are set where nobody sets any, started once for all tests."""
    decoding = Decoding()
    decoder = Decoder(Limits(decoding.max_pixels, decoding.max_memory_bytes, decoding.max_seconds))
    yield decoder
    decoder.close()


@pytest.fixture
def bench(records: Records, settings: Settings, paths: Paths, pipeline: "FacePipeline", decoder: Decoder) -> Workbench:
    """The tools of a command: no Redis, and models that are loaded already."""
    bench = Workbench(records, settings, paths, holder="command:test")
    bench.pipeline = pipeline
    bench.decoder = decoder
    return bench


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    """Three reports: two people in one picture and one of them again, nobody, and a broken file."""
    reports = {
        "people/both.png": png(beside(astronaut(), hopper())),
        "people/again.png": png(mirrored(hopper())),
        "nobody/wall.png": png(nobody()),
        "broken/file.jpg": b"\xff\xd8\xff and no more",
    }
    for name, data in reports.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    return tmp_path / "in"


@pytest.fixture
def supervisor(records) -> Actor:
    with records.database.write() as session:
        setup = Actor.machine("setup")
        return Actor.user(users.add_user(session, "chief", UserRole.SUPERVISOR, None, actor=setup))


@pytest.fixture
def known(bench, records, supervisor, tmp_path) -> int:
    """A gallery that knows the astronaut."""
    (tmp_path / "known" / "eileen").mkdir(parents=True)
    (tmp_path / "known" / "eileen" / "1.png").write_bytes(png(mirrored(astronaut())))
    with records.database.write() as session:
        gallery = galleries.create_gallery(
            session,
            "known",
            purpose=GalleryPurpose.MISSING,
            purpose_text="tests",
            owner="unit",
            lawful_basis="none needed",
            actor=supervisor,
        )
    enrol(bench, "known", tmp_path / "known", actor=supervisor, advance=lambda *_: None)
    return gallery.id


@pytest.fixture
def permit(records, supervisor, known) -> None:
    with records.database.write() as session:
        permits.grant(
            session,
            channel=Channel.INTAKE,
            purpose="find who they are",
            lawful_basis="none needed",
            roles=list(SubjectRole),
            galleries=[known],
            material=True,
            approver=supervisor,
            expires_at=now() + timedelta(days=1),
        )
