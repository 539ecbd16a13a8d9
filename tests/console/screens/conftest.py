"""The home of a console test: made once, copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.paths import Paths
from config.settings import Settings
from engine.records.deployment import open_records
from engine.records.faces.spaces import register
from tests.console.screens.world import ConsoleWorld
from tests.engine.records.records_world import SPACE, WORKER


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with users and a gallery."""
    home = tmp_path_factory.mktemp("console") / "home"
    settings = Settings(home=home)
    records = open_records(settings, settings.paths)
    with records.database.write() as session:
        register(session, SPACE, actor=WORKER)
    ConsoleWorld(records, settings).furnish()
    records.close()
    yield home
    shutil.rmtree(Paths(home).runtime)


@pytest.fixture
def world(furnished: Path, tmp_path: Path) -> Iterator[ConsoleWorld]:
    """The records of one test."""
    home = tmp_path / "home"
    shutil.copytree(furnished, home)
    # Most tests are about something else than how closely somebody looked.
    settings = Settings.model_validate({"home": home, "review": {"least_eye_pixels": 0}})
    records = open_records(settings, settings.paths)
    yield ConsoleWorld(records, settings)
    records.close()
    shutil.rmtree(settings.paths.runtime)
