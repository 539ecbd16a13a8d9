"""Opens the records of a deployment and makes them where there are none yet."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.paths import Paths
from config.settings import Settings
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.custody.keys import Keys, create_keys, load_keys
from engine.records.custody.vault import Vault
from engine.records.database import Database
from engine.records.errors import KeysError
from engine.records.migrations import HEAD
from engine.records.schema import Unit


@dataclass(frozen=True, slots=True)
class Records:
    """Everything that is remembered: the database, the vault, the keys of both and the unit they are opened for."""

    database: Database
    vault: Vault
    keys: Keys
    unit_id: int

    def close(self) -> None:
        """Let go of every connection."""
        self.database.close()


def open_records(settings: Settings, paths: Paths) -> Records:
    """Open the records, bringing folders, master key, tables and the unit into being where they are missing.

    Raises Down, KeysError for a master key that is missing or not the one of these records, and SchemaMismatch where
    a newer program has changed the tables.
    """
    paths.create()
    if settings.database_url is None:
        # SQLite gives the files beside it the mode of this one.
        paths.database.touch(0o600)
    database = Database.open(settings.database_url or f"sqlite:///{paths.database}")
    revision = database.revision()
    if revision is None:
        # Only records that hold nothing yet may get a new key: no other could open what is there.
        keys = load_keys(paths.master_key) if paths.master_key.exists() else create_keys(paths.master_key)
    else:
        keys = load_keys(paths.master_key)
    if revision is None or revision < HEAD:
        database.migrate()
    database.check_schema()
    unit_id = _unit(database.bind(keys), settings.unit, keys, paths.master_key)
    return Records(database.bind(keys, unit_id), Vault(paths.vault, keys), keys, unit_id)


def _unit(database: Database, name: str, keys: Keys, key_file: Path) -> int:
    with database.read() as session:
        units = list(session.scalars(select(Unit)))
    if any(unit.key_check != keys.check for unit in units):
        raise KeysError(
            f"The master key {key_file} is not the one that these records were made with.",
            "Put the right key back in its place: it lies with the backup of these records.",
        )
    found = next((unit for unit in units if unit.name == name), None)
    if found is None:
        with database.write() as session:
            found = _found_unit(session, name, keys)
    return found.id


def _found_unit(session: Session, name: str, keys: Keys) -> Unit:
    units = list(session.scalars(select(Unit)))
    for unit in units:
        if unit.name == name:
            # Another process made it a moment ago.
            return unit
    unit = Unit(name=name, key_check=keys.check)
    session.add(unit)
    session.flush()
    session.info["unit_id"] = unit.id
    if not units:
        ledger.begin(session)
    ledger.record(session, actor=Actor.machine("setup"), action="unit.created", target=f"unit:{unit.id}")
    return unit
