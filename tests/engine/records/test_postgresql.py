"""Tests of the records on a PostgreSQL server, where one is named.

TRIAGE_TEST_POSTGRESQL_URL names a database of a server where the tests may make databases of their own.
"""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from engine.formats.incoming import IncomingFile, IncomingReferral
from engine.records.custody import ledger
from engine.records.custody.vault import Vault
from engine.records.database import Database
from engine.records.intake import batches
from engine.records.intake.accounting import account
from engine.records.intake.admission import receive
from engine.records.schema import Base, Conclusion, Unit, now
from engine.records.words import ConclusionKind, ReferralState
from tests.engine.records.records_world import KEYS, WORKER, World, a_referral, a_user

URL = os.environ.get("TRIAGE_TEST_POSTGRESQL_URL")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(URL is None, reason="TRIAGE_TEST_POSTGRESQL_URL names no PostgreSQL server"),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[World]:
    """The records of one test in a database of its own."""
    name = f"triage_test_{os.urandom(6).hex()}"
    assert URL is not None
    maintenance = create_engine(URL, isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(URL).set(database=name).render_as_string(hide_password=False)
    database = Database.open(url).bind(KEYS, 1)
    database.migrate()
    with database.write() as session:
        session.add(Unit(name="unit", key_check=KEYS.check))
        ledger.begin(session)
        ledger.record(session, actor=WORKER, action="unit.created", target="unit:1")
    (tmp_path / "vault").mkdir()
    yield World(database, Vault(tmp_path / "vault", KEYS))
    database.close()
    with maintenance.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    maintenance.dispose()


def test_the_migrated_tables_are_those_of_the_program(server: World) -> None:
    server.database.check_schema()
    with server.database.read() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Base.metadata) == []


def test_processes_that_write_at_once_keep_the_ledger_whole(server: World) -> None:
    script = textwrap.dedent(
        """
        import sys
        from engine.records.intake import batches
        from engine.records.database import Database
        from tests.engine.records.records_world import KEYS, WORKER

        database = Database.open(sys.argv[1]).bind(KEYS, 1)
        for _ in range(25):
            with database.write() as session:
                batches.start_batch(session, actor=WORKER)
        """
    )
    url = server.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", script, url]
    processes = [subprocess.Popen(command, cwd=Path(__file__).parents[3]) for _ in range(4)]
    assert [process.wait(timeout=120) for process in processes] == [0] * 4
    with server.database.read() as session:
        report = ledger.verify(session)
    assert (report.ok, report.length) == (True, 101), report


def test_a_reader_cannot_write_and_sees_one_moment(server: World) -> None:
    with server.database.read() as reader:
        before = ledger.verify(reader).length
        with server.database.write() as session:
            batches.start_batch(session, actor=WORKER)
        assert ledger.verify(reader).length == before
    with pytest.raises(DBAPIError, match="read-only"), server.database.read() as session:
        session.execute(text("DELETE FROM ledger_heads"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_events SET actor = 'me'",
        "DELETE FROM ledger_events",
        "UPDATE conclusions SET note = 'other'",
        "DELETE FROM conclusions",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_append_only(server: World, statement: str) -> None:
    with server.database.write() as session:
        referral, user = a_referral(session, state=ReferralState.IN_REVIEW), a_user(session, "anna")
        kind = ConclusionKind.SET_ASIDE
        session.add(Conclusion(unit_id=1, referral_id=referral.id, kind=kind, examiner_id=user.id, made_at=now()))
    with pytest.raises(DBAPIError, match="append-only"), server.database.write() as session:
        session.execute(text(statement))
    with server.database.write() as session:
        session.execute(text("UPDATE conclusions SET candidate_id = NULL"))


def test_a_report_comes_in_once_and_then_as_a_duplicate(server: World) -> None:
    report = IncomingReferral("inbox", (IncomingFile("a.jpg", "image", data=b"one"),), narrative="Ærø")
    with server.database.write() as session:
        batch = batches.start_batch(session, actor=WORKER)
        received = [receive(session, server.vault, batch, report, actor=WORKER) for _ in range(2)]
        batches.finish_batch(session, batch, inputs=2, actor=WORKER)
        assert received[1].duplicate_of is received[0].referral
        assert account(session).closes
