"""The records database: one writer at a time, any number of readers, on SQLite or PostgreSQL.

Writers are serialised on purpose. The ledger is one chain, an index row's number is the change sequence, and both need
commits to come in the order of their numbers.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from engine.records.custody.keys import Keys
from engine.records.errors import Down, SchemaMismatch
from engine.records.migrations import HEAD

_BUSY_SECONDS = 30
#: Names the one lock that PostgreSQL's writers queue for; any fixed number will do.
_WRITER_LOCK = 7_401_983


@dataclass(frozen=True)
class Database:
    """A database of records; `bound` is what its sessions know of the deployment (keys and unit)."""

    engine: Engine
    bound: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, url: str) -> "Database":
        """The database at a URL, not connected to yet; raises Down for a URL that no driver here understands."""
        try:
            parsed = make_url(url)
            engine = create_engine(parsed, connect_args=_connect_args(parsed.get_backend_name()))
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise Down(
                f"The database URL cannot be used: {error}.",
                "Set TRIAGE_DATABASE_URL to one like postgresql+psycopg://host/name, or leave it out for SQLite.",
            ) from error
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return cls(engine)

    def bind(self, keys: Keys, unit_id: int | None = None) -> "Database":
        """The same database with sessions that carry the deployment's keys and, once it is known, its unit."""
        return Database(self.engine, {"keys": keys, "unit_id": unit_id})

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Session]:
        """One transaction of the only writer: committed at the end, rolled back on an error; raises Down.

        lasting: wait until it is on the disk. Without that a power cut may take the latest such writes back, never one
        before a lasting one; the end of a process takes none back. For what is worth nothing then or is made again.
        """
        with self._session(self.engine.execution_options(triage_write=True, triage_lasting=lasting)) as session:
            if self.engine.dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
                if not lasting:
                    session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session
            session.commit()
            for action in session.info.pop("after_commit", []):
                action()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One view of the records as they are now; the database refuses any write in it; raises Down."""
        engine = self.engine.execution_options(triage_write=False)
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        with self._session(engine) as session:
            yield session

    def migrate(self) -> None:
        """Bring the tables to this program's schema; safe to call from several processes at once."""
        # Alembic is slow to import and needed once per upgrade only.
        from engine.records.migrations.upgrade import upgrade

        with self.write() as session:
            upgrade(session.connection())

    def revision(self) -> str | None:
        """The revision of the tables; none in an empty database; raises Down."""
        with self.read() as session:
            if not inspect(session.connection()).has_table("alembic_version"):
                return None
            revision: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
            return revision

    def check_schema(self) -> None:
        """Raise SchemaMismatch unless the tables are exactly those of this program."""
        revision = self.revision()
        if revision != HEAD:
            raise SchemaMismatch(
                f"The database is at revision {revision or 'none'}, this program needs {HEAD}.",
                "Run the newest release of Triage on this database.",
            )

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        # Rows stay readable after the end: screens and commands show them once the transaction is over.
        with Session(engine, expire_on_commit=False, info=dict(self.bound)) as session:
            try:
                session.connection()
                yield session
            except DatabaseError as error:
                # A file that is no database, or a damaged one, comes as a plain DatabaseError.
                if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
                    raise
                raise _down(engine, error) from error


def keys_of(session: Session) -> Keys:
    """The keys of the deployment that the session belongs to."""
    keys: Keys = session.info["keys"]
    return keys


def unit_of(session: Session) -> int:
    """The number of the unit that the session works for."""
    unit_id: int = session.info["unit_id"]
    return unit_id


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Do this once the write has been committed, and never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(action)


def _connect_args(backend: str) -> dict[str, Any]:
    return {"timeout": _BUSY_SECONDS} if backend == "sqlite" else {}


def _set_up_sqlite(connection: Any, record: object) -> None:  # noqa: ARG001 (SQLAlchemy's interface)
    # The driver must not begin transactions by itself: `_begin_sqlite` says which kind it is.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Deleted rows are overwritten with zeros: erased means erased.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writing = options.get("triage_write", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
    if writing:
        # In WAL mode, FULL brings this write and all before it to the disk, NORMAL leaves that to a later one.
        connection.exec_driver_sql(
            f"PRAGMA synchronous = {'FULL' if options.get('triage_lasting', True) else 'NORMAL'}"
        )
    # A deferred transaction that turns to writing later can fail with "database is locked" at once, without waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _down(engine: Engine, error: DatabaseError) -> Down:
    where = engine.url.render_as_string(hide_password=True)
    if "locked" in str(error.orig):
        return Down(
            f"The database {where} was kept busy by another process for {_BUSY_SECONDS} seconds.",
            "Try again; `triage health` shows what is running.",
        )
    return Down(f"The database {where} cannot be used: {error.orig}.", "See that it is there, whole and running.")
