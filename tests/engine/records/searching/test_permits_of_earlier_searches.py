"""Searches from before each collection had a permit of its own keep the one they ran under."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import select, text

from engine.records.database import Database
from engine.records.migrations.upgrade import configuration
from engine.records.schema import SearchScope, Subject

_ROWS = (
    "INSERT INTO units VALUES (1, 'unit', x'00', '2026-01-01')",
    "INSERT INTO users (id, name, display, role, created_at, unit_id)"
    " VALUES (1, 'chief', 'Chief', 'supervisor', '2026-01-01', 1)",
    "INSERT INTO spaces (id, model, dimension, metric, description, created_at)"
    " VALUES ('s', 'small', 4, 'euclidean', '{}', '2026-01-01')",
    "INSERT INTO permits (id, channel, purpose, lawful_basis, roles, material, approved_by_id, granted_at, expires_at,"
    " unit_id) VALUES (7, 'intake', 'p', 'b', '[]', 1, 1, '2026-01-01', '2027-01-01', 1)",
    "INSERT INTO searches (id, permit_id, run_by, purpose, space_id, probe, top, exact, scanned, eligible,"
    " eligible_owners, excluded_owners, started_at, unit_id)"
    " VALUES (3, 7, 'w', 'p', 's', '{}', 50, 1, 2, 2, 0, 0, '2026-01-01', 1)",
    "INSERT INTO search_scopes (id, search_id, seen_row, scanned, eligible) VALUES (5, 3, 0, 2, 2)",
)


@pytest.fixture
def older(tmp_path: Path) -> Database:
    database = Database.open(f"sqlite:///{tmp_path}/older.sqlite3")
    with database.write() as session:
        config = configuration()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0011")
        for row in _ROWS:
            session.execute(text(row))
    return database


def test_scopes_of_earlier_searches_name_the_permit_of_their_search(older: Database) -> None:
    older.migrate()
    with older.write() as session:
        [scope] = session.scalars(select(SearchScope))
        assert (scope.id, scope.search_id, scope.permit_id, scope.scanned) == (5, 3, 7, 2)
        session.delete(scope)
        session.flush()
        session.execute(
            text("INSERT INTO search_scopes (search_id, permit_id, seen_row, scanned, eligible) VALUES (3, 7, 0, 0, 0)")
        )
        assert session.scalars(select(SearchScope.id)).one() == 6
        assert session.scalars(select(Subject)).all() == []


def test_the_step_can_be_taken_back(older: Database) -> None:
    with older.write() as session:
        config = configuration()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0012")
        command.downgrade(config, "0011")
        assert session.execute(text("SELECT id, search_id, scanned FROM search_scopes")).all() == [(5, 3, 2)]
