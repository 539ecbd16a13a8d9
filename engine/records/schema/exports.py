"""What left the unit: each export with its recipient and reason, and what of the vault was in it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now


class Export(OfUnit, Base):
    """One archive that was handed out: to whom, why, by whom and when; kept so that recipients can be told later."""

    __tablename__ = "exports"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    exported_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recipient: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    with_media: Mapped[bool]
    #: The SHA-256 of the archive's bytes, by which a copy of it is known again, and its size in bytes.
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    exported_at: Mapped[datetime] = mapped_column(default=now)


class ExportItem(Base):
    """One thing of the vault that an export held, as a public id (M3, F12, E5), so that its recipients are found."""

    __tablename__ = "export_items"
    __table_args__ = (UniqueConstraint("export_id", "item", "sha256"), NEVER_REUSED)

    id: Mapped[Key]
    export_id: Mapped[int] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"))
    item: Mapped[str] = mapped_column(String(40), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
