"""Fixtures of search's tests: the records of one test, with a folder for its indexes."""

from pathlib import Path

import pytest

from tests.engine.records.records_world import World, make_template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, made once."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> World:
    """The records of one test."""
    return World.copy(template, tmp_path)
