"""Units and their users; a user is bound to a signed-in account, never typed."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import UserRole


class Unit(Base):
    """One police unit; everything it owns carries its id."""

    __tablename__ = "units"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    #: By which the deployment's master key is known again; derived from it, and telling nothing of it.
    key_check: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)


class User(OfUnit, Base):
    """A person who acts: `account` is the signed-in account of the machine that this user is bound to."""

    __tablename__ = "users"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    display: Mapped[str] = mapped_column(String(120))
    role: Mapped[UserRole] = word(UserRole)
    account: Mapped[str | None] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
