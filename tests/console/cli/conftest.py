"""Homes for the real program: one without anything, one with a supervisor, and one with referrals in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.paths import Paths
from config.settings import Settings
from engine.records.actors import Actor
from engine.records.deployment import Records, open_records
from engine.records.people import users
from engine.records.words import UserRole
from tests.console.cli.program import ACCOUNT, Program
from tests.console.cli.reports import report, take_in

SUPERVISOR = "Ada"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A deployment that was just made, to copy: making the tables takes longer than a copy."""
    home = tmp_path_factory.mktemp("template") / "home"
    open_records(Settings(home=home), Paths(home)).close()
    yield home
    shutil.rmtree(Paths(home).runtime)


@pytest.fixture
def empty(template: Path, tmp_path: Path) -> Iterator[Program]:
    """A deployment without users."""
    home = tmp_path / "home"
    shutil.copytree(template, home)
    yield Program(home)
    shutil.rmtree(Paths(home).runtime, ignore_errors=True)


@pytest.fixture
def records(empty: Program) -> Iterator[Records]:
    """The records that the programs of the test work on."""
    records = open_records(Settings(home=empty.home), Paths(empty.home))
    yield records
    records.close()


@pytest.fixture
def triage(empty: Program, records: Records) -> Program:
    """A deployment in which the account that runs the tests is a supervisor."""
    with records.database.write() as session:
        users.add_user(session, SUPERVISOR, UserRole.SUPERVISOR, ACCOUNT, actor=Actor.machine("setup"))
    return empty


@pytest.fixture
def with_a_report(triage: Program, records: Records) -> Program:
    """A deployment that has taken one report in."""
    take_in(records, report())
    return triage
