"""What is kept and what was done: vault objects with their owners, and the hash-chained ledger."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import Base, Key, OfUnit, now


class VaultObject(Base):
    """One encrypted object: its wrapped data key lives here, its bytes in a file of the vault folder."""

    __tablename__ = "vault_objects"

    #: The keyed hash of the plain bytes, in hex.
    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    #: The file's path below the vault folder: a random name, so that storing a content again never meets its old file.
    file: Mapped[str] = mapped_column(String(40), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)


class VaultOwner(Base):
    """One reason an object is kept, as a public id (M3, F12, E5); the reference count is the number of these."""

    __tablename__ = "vault_owners"
    __table_args__ = (UniqueConstraint("address", "owner"),)

    id: Mapped[Key]
    address: Mapped[str] = mapped_column(ForeignKey("vault_objects.address"), index=True)
    owner: Mapped[str] = mapped_column(String(40), index=True)


class LedgerEvent(OfUnit, Base):
    """One thing that somebody or something did: ids and keyed hashes, no content."""

    __tablename__ = "ledger_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now)
    #: `user:4`, or the name of a machine process such as `worker:urgent`.
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(60), index=True)
    #: The public id of what it was done to.
    target: Mapped[str] = mapped_column(String(40), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class LedgerHead(Base):
    """How long the ledger is and its last seal, so that a cut-off end shows."""

    __tablename__ = "ledger_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int]
    seal: Mapped[str] = mapped_column(String(64))
    #: Keyed over length and seal, so that the head cannot be rewritten without the key.
    proof: Mapped[str] = mapped_column(String(64))
