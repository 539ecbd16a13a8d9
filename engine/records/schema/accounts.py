"""Units and their users; a user is bound to a signed-in account or to SSH keys, never typed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
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


class UserKey(Base):
    """An SSH key by which a user is known; once revoked it stays so, and stays this user's."""

    __tablename__ = "user_keys"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    type: Mapped[str] = mapped_column(String(64))
    #: The key itself in base64, as its line gives it.
    blob: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    comment: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime] = mapped_column(default=now)
    revoked_at: Mapped[datetime | None]
