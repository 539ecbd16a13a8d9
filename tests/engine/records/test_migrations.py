"""Tests of the migrations: they lead to exactly the tables that the program works with."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from engine.records.database import Database
from engine.records.migrations import HEAD
from engine.records.migrations.upgrade import configuration
from engine.records.schema import Base, Conclusion, Media, now
from engine.records.words import ConclusionKind, ReferralState
from tests.engine.records.records_world import World, a_referral, a_user


@pytest.fixture
def made_from_the_tables(tmp_path: Path) -> Database:
    database = Database.open(f"sqlite:///{tmp_path}/tables.sqlite3")
    with database.write() as session:
        Base.metadata.create_all(session.connection())
    return database


def shape(connection: Connection) -> dict[str, object]:
    """Everything a database says about its tables, in an order of its own."""
    look = inspect(connection)
    return {
        name: (
            {column["name"]: (str(column["type"]), column["nullable"]) for column in look.get_columns(name)},
            look.get_pk_constraint(name)["constrained_columns"],
            sorted(str(index) for index in look.get_indexes(name)),
            sorted(str(sorted(unique["column_names"])) for unique in look.get_unique_constraints(name)),
            sorted(
                f"{key['constrained_columns']} {key['referred_table']}.{key['referred_columns']} {key['options']}"
                for key in look.get_foreign_keys(name)
            ),
        )
        for name in look.get_table_names()
        if name not in {"alembic_version", "sqlite_sequence"}
    }


def test_the_migrated_tables_are_those_of_the_program(world: World, made_from_the_tables: Database) -> None:
    with world.database.read() as session, made_from_the_tables.read() as made:
        migrated, expected = shape(session.connection()), shape(made.connection())
    assert set(migrated) == set(expected) == set(Base.metadata.tables)
    for name, table in expected.items():
        assert migrated[name] == table, name


def test_nothing_is_left_to_migrate(world: World) -> None:
    with world.database.read() as session:
        context = MigrationContext.configure(session.connection())
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_is_made_after_those_it_refers_to(world: World) -> None:
    """SQLite does not ask for this, PostgreSQL does."""
    query = text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    made: set[str] = set()
    with world.database.read() as session:
        for name in session.scalars(query):
            made.add(name)
            referred = Base.metadata.tables[name].foreign_keys if name in Base.metadata.tables else ()
            assert {key.column.table.name for key in referred} <= made, name


def test_numbers_of_deleted_rows_are_never_given_again(world: World) -> None:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
    with world.database.read() as session:
        made = dict(session.execute(query).all())
    kept = {name for name, table in Base.metadata.tables.items() if table.dialect_options["sqlite"]["autoincrement"]}
    assert {name for name, sql in made.items() if sql and "AUTOINCREMENT" in sql} == kept


def test_the_head_that_the_program_checks_is_the_last_step() -> None:
    assert ScriptDirectory.from_config(configuration()).get_heads() == [HEAD]


def test_migrating_again_changes_nothing(world: World) -> None:
    with world.database.read() as session:
        before = shape(session.connection())
    world.database.migrate()
    with world.database.read() as session:
        assert shape(session.connection()) == before
    world.database.check_schema()


def test_files_known_before_videos_were_watched_stay_as_they_are(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path}/older.sqlite3")
    with database.write() as session:
        config = configuration()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0010")
        session.execute(text("INSERT INTO units VALUES (1, 'unit', x'00', '2026-01-01')"))
        session.execute(
            text(
                "INSERT INTO media (address, sha256, size, kind, finding, passes, unit_id)"
                " VALUES ('a', 'b', 7, 'video', 'pending', '[]', 1)"
            )
        )
    database.migrate()
    database.check_schema()
    with database.read() as session:
        [media] = session.scalars(select(Media))
        assert (media.size, media.duration_ms, media.watched_ms) == (7, None, None)


def a_conclusion(world: World) -> None:
    with world.database.write() as session:
        referral = a_referral(session, state=ReferralState.IN_REVIEW)
        user = a_user(session, "anna")
        session.add(
            Conclusion(
                unit_id=1, referral_id=referral.id, kind=ConclusionKind.SET_ASIDE, examiner_id=user.id, made_at=now()
            )
        )


@pytest.mark.parametrize("column", sorted(Conclusion.__table__.columns.keys()))
def test_the_database_itself_refuses_to_change_any_part_of_a_conclusion(world: World, column: str) -> None:
    a_conclusion(world)
    with pytest.raises(IntegrityError, match="conclusions is append-only"), world.database.write() as session:
        session.execute(text(f"UPDATE conclusions SET {column} = 77"))


def test_the_database_itself_refuses_to_delete_a_conclusion(world: World) -> None:
    a_conclusion(world)
    with pytest.raises(IntegrityError, match="conclusions is append-only"), world.database.write() as session:
        session.execute(text("DELETE FROM conclusions"))


def test_a_conclusions_link_to_its_candidate_may_be_emptied(world: World) -> None:
    a_conclusion(world)
    with world.database.write() as session:
        session.execute(text("UPDATE conclusions SET candidate_id = NULL"))
