"""Tests of the database: writers take turns, readers never write, and what is wrong is said."""

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from engine.records.custody import ledger
from engine.records.database import Database, after_commit
from engine.records.errors import Down, SchemaMismatch
from engine.records.intake import batches
from engine.records.schema import Batch, LedgerEvent
from tests.engine.records.records_world import WORKER, World

REPOSITORY = Path(__file__).parents[3]


def url_of(world: World) -> str:
    return world.database.engine.url.render_as_string()


@pytest.mark.slow
def test_processes_that_write_at_once_lose_no_row_and_keep_the_ledger_whole(world: World) -> None:
    script = textwrap.dedent(
        """
        import sys
        from engine.records.intake import batches
        from engine.records.actors import Actor
        from engine.records.database import Database
        from tests.engine.records.records_world import KEYS

        database = Database.open(sys.argv[1]).bind(KEYS, 1)
        for _ in range(50):
            with database.write() as session:
                batches.start_batch(session, actor=Actor.machine("worker:" + sys.argv[2]))
        """
    )
    with world.database.read() as session:
        before = ledger.verify(session).length
    processes = [
        subprocess.Popen([sys.executable, "-c", script, url_of(world), str(number)], cwd=REPOSITORY)
        for number in range(4)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0] * 4
    with world.database.read() as session:
        report = ledger.verify(session)
        assert (report.ok, report.length) == (True, before + 200), report
        assert session.scalar(select(func.count(Batch.id))) == 200
        by_actor = select(LedgerEvent.actor, func.count()).where(LedgerEvent.action == "batch.started")
        counts = dict(session.execute(by_actor.group_by(LedgerEvent.actor)).all())
    assert counts == {f"worker:{number}": 50 for number in range(4)}


def test_only_a_write_that_need_not_last_does_not_wait_for_the_disk(world: World) -> None:
    full, normal = 2, 1
    for lasting in (False, True, False):
        with world.database.write(lasting=lasting) as session:
            assert session.scalar(text("PRAGMA synchronous")) == (full if lasting else normal)
            batches.start_batch(session, actor=WORKER)
    with world.database.read() as session:
        assert session.scalar(select(func.count(Batch.id))) == 3
        assert ledger.verify(session).ok


def test_a_reader_cannot_write(world: World) -> None:
    with pytest.raises(Down, match="readonly"), world.database.read() as session:
        session.execute(text("DELETE FROM units"))


def test_a_reader_sees_one_moment_while_a_writer_goes_on(world: World) -> None:
    count = select(func.count(Batch.id))
    with world.database.read() as reader:
        assert reader.scalar(count) == 0
        with world.database.write() as session:
            session.add(Batch(unit_id=1, actor="test"))
        assert reader.scalar(count) == 0
    with world.database.read() as reader:
        assert reader.scalar(count) == 1


def test_an_error_in_a_write_leaves_nothing_behind_and_its_later_actions_undone(world: World) -> None:
    done: list[str] = []
    with pytest.raises(RuntimeError), world.database.write() as session:
        session.add(Batch(unit_id=1, actor="test"))
        session.flush()
        after_commit(session, lambda: done.append("afterwards"))
        raise RuntimeError
    with world.database.read() as session:
        assert session.scalar(select(func.count(Batch.id))) == 0
    assert done == []


def test_what_follows_a_commit_sees_it_done(world: World) -> None:
    seen: list[int | None] = []

    def look() -> None:
        with world.database.read() as session:
            seen.append(session.scalar(select(func.count(Batch.id))))

    with world.database.write() as session:
        session.add(Batch(unit_id=1, actor="test"))
        after_commit(session, look)
        assert seen == []
    assert seen == [1]


def test_rows_stay_readable_after_their_session(world: World) -> None:
    with world.database.write() as session:
        batch = Batch(unit_id=1, actor="test")
        session.add(batch)
    assert (batch.id, batch.actor) == (1, "test")


def test_references_between_rows_are_enforced_and_deleted_bytes_are_overwritten(world: World) -> None:
    with world.database.read() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "secure_delete", "synchronous")
        }
    assert pragmas == {"foreign_keys": 1, "secure_delete": 1, "synchronous": 2}


def test_a_database_that_another_process_keeps_is_down_with_that_reason(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.records.database._BUSY_SECONDS", 0.05)
    hasty = Database.open(url_of(world))
    with world.database.write(), pytest.raises(Down, match="kept busy") as error, hasty.write():
        pass
    assert error.value.exit_code == 4


@pytest.mark.parametrize(
    "url",
    [
        "no url",
        "sqlite:////nowhere/at/all/triage.sqlite3",
        "mysql://host/name",
        "postgresql+nodriver://host/name",
    ],
)
def test_a_database_that_cannot_be_used_is_down(url: str) -> None:
    with pytest.raises(Down), Database.open(url).read():
        pass


def test_a_file_that_is_no_database_is_down(tmp_path: Path) -> None:
    (tmp_path / "triage.sqlite3").write_bytes(b"no database " * 1000)
    with pytest.raises(Down, match="not a database"), Database.open(f"sqlite:///{tmp_path}/triage.sqlite3").read():
        pass


def test_tables_of_another_program_are_a_mismatch(world: World, tmp_path: Path) -> None:
    world.database.check_schema()
    with sqlite3.connect(tmp_path / "triage.sqlite3") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="9999"):
        world.database.check_schema()
    with pytest.raises(SchemaMismatch, match="none"):
        Database.open(f"sqlite:///{tmp_path}/empty.sqlite3").check_schema()


def test_the_ledger_is_written_with_the_work_or_not_at_all(world: World) -> None:
    with world.database.read() as session:
        before = ledger.verify(session).length
    with pytest.raises(RuntimeError), world.database.write() as session:
        ledger.record(session, actor=WORKER, action="tested", target="R1")
        raise RuntimeError
    with world.database.read() as session:
        assert ledger.verify(session).length == before
