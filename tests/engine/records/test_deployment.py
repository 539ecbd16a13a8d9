"""Tests of opening the records of a deployment."""

import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from config.paths import Paths
from config.settings import Settings
from engine.records.custody import ledger
from engine.records.deployment import Records, open_records
from engine.records.errors import KeysError, SchemaMismatch

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(home=tmp_path / "home")
    yield settings
    runtime = Paths(settings.home).runtime
    if runtime.exists():
        runtime.rmdir()


def opened(settings: Settings) -> Records:
    return open_records(settings, Paths(settings.home))


def test_an_empty_home_becomes_a_deployment_with_a_whole_ledger(settings: Settings) -> None:
    records = opened(settings)
    with records.database.read() as session:
        assert ledger.verify(session).ok
        assert [event.action for event in ledger.events(session)] == ["unit.created"]
    with records.database.write() as session:
        address = records.vault.put(session, b"picture", owner="M1")
    records.close()
    again = opened(settings)
    assert (again.keys, again.unit_id) == (records.keys, records.unit_id)
    with again.database.read() as session:
        assert again.vault.read(session, address) == b"picture"
        assert ledger.verify(session).length == 1


def test_everything_in_the_home_is_private(settings: Settings) -> None:
    records = opened(settings)
    with records.database.write() as session:
        records.vault.put(session, b"picture", owner="M1")
    for path in (settings.home, *settings.home.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_records_without_their_key_are_refused_and_no_new_key_is_made(settings: Settings) -> None:
    opened(settings).close()
    key = Paths(settings.home).master_key
    key.unlink()
    with pytest.raises(KeysError, match="missing"):
        opened(settings)
    assert not key.exists()


def test_another_deployments_key_is_refused_for_a_known_and_for_a_new_unit(settings: Settings) -> None:
    opened(settings).close()
    Paths(settings.home).master_key.write_text("11" * 32)
    for unit in (settings.unit, "another"):
        with pytest.raises(KeysError, match="not the one"):
            opened(settings.model_copy(update={"unit": unit}))


def test_a_second_unit_shares_ledger_and_key(settings: Settings) -> None:
    first = opened(settings)
    second = opened(settings.model_copy(update={"unit": "north"}))
    assert replace(second, database=first.database, unit_id=first.unit_id) == first
    assert second.unit_id != first.unit_id
    with first.database.read() as session:
        assert ledger.verify(session).length == 2


def test_tables_of_a_newer_program_are_refused_and_left_alone(settings: Settings) -> None:
    records = opened(settings)
    with records.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    records.close()
    with pytest.raises(SchemaMismatch, match="9999"):
        opened(settings)


OPEN = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from config.paths import Paths
    from config.settings import Settings
    from engine.records.deployment import open_records

    home = Path(sys.argv[1])
    records = open_records(Settings(home=home), Paths(home))
    heavy = {"alembic", "torch", "PIL", "redis", "rq", "textual"} & sys.modules.keys()
    print(records.keys.check, records.unit_id, sorted(heavy))
    """
)


@pytest.mark.slow
def test_processes_that_open_a_new_home_at_once_make_one_deployment(settings: Settings) -> None:
    command = [sys.executable, "-c", OPEN, str(settings.home)]
    processes = [subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {process.communicate(timeout=120)[0].rsplit("[")[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 4
    records = opened(settings)
    assert answers == {f"{records.keys.check} {records.unit_id} "}
    with records.database.read() as session:
        assert ledger.verify(session).length == 1


def test_opening_a_made_home_loads_nothing_heavy(settings: Settings) -> None:
    opened(settings).close()
    command = [sys.executable, "-c", OPEN, str(settings.home)]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip().endswith("[]")


def test_opening_a_made_home_takes_less_than_150_milliseconds(settings: Settings) -> None:
    opened(settings).close()
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        opened(settings).close()
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.150
