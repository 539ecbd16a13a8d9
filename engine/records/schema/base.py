"""The declarative base of all tables and the column types they share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, Enum, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: An erased row's number must never name another row, so SQLite may not reuse identifiers.
NEVER_REUSED = {"sqlite_autoincrement": True}

Key = Annotated[int, mapped_column(primary_key=True)]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, and refused when naive."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (interface)
        """Strip the zone after converting to UTC; a naive moment raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use now()")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (interface)
        """Give the stored moment its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (SQLAlchemy's own interface)


class OfUnit:
    """A table whose rows belong to one unit, so that several districts can share a deployment."""

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def word(vocabulary: type[StrEnum], **options: Any) -> Any:
    """A column that holds one word of a closed vocabulary, as text that any database can read."""
    kind = Enum(
        vocabulary,
        native_enum=False,
        length=24,
        values_callable=lambda words: [member.value for member in words],
        validate_strings=True,
    )
    return mapped_column(kind, **options)
