"""Runs the steps that a database still lacks; the only place that imports Alembic outside the steps themselves."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configuration() -> Config:
    """Where Alembic finds the steps."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def upgrade(connection: Connection) -> None:
    """Bring the connection's database to the newest revision, inside the transaction that has begun on it."""
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
