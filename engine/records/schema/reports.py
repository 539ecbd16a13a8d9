"""What a report says beside its files: facts, the documents it was read from, and the text that searches look through.

All of it is content: it is erased with its referral or its media, and nothing of it stands in the ledger.
"""

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key


class ReportFact(Base):
    """One thing that a report says, about the referral as a whole or about one of its files."""

    __tablename__ = "report_facts"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"), index=True)
    #: The version of the referral that said it first.
    version: Mapped[int]
    #: What it is about: person, ip, device ... (`engine.formats.incoming.FactKind`).
    kind: Mapped[str] = mapped_column(String(24))
    label: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    #: Where in the report it stands, such as personOrUserReported[2]/screenName.
    path: Mapped[str] = mapped_column(Text)


class MediaFact(Base):
    """One thing that a file says of itself: camera, place, software (EXIF)."""

    __tablename__ = "media_facts"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    label: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)


class ReportOriginal(Base):
    """A document that a referral was read from, kept in the vault as it came."""

    __tablename__ = "report_originals"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    #: The vault address: the keyed hash of the bytes.
    address: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)


class ReportText(Base):
    """Everything that can be searched of a referral in one folded text; made from the rows that hold it."""

    __tablename__ = "report_texts"

    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), primary_key=True, autoincrement=False)
    folded: Mapped[str] = mapped_column(Text)
