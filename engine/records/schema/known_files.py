"""Files that are known already: named lists of hashes, their hits, pictures that look alike, files that keep coming."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import HashKind, ListMeaning


class HashList(OfUnit, Base):
    """A named list of hashes of files, and what it means to find one; used once it is finished, until it is removed."""

    __tablename__ = "hash_lists"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(63))
    meaning: Mapped[ListMeaning] = word(ListMeaning)
    source: Mapped[str] = mapped_column(Text)
    lawful_basis: Mapped[str] = mapped_column(Text)
    #: The format the file was read as, and the SHA-256 of it.
    format: Mapped[str] = mapped_column(String(24))
    sha256: Mapped[str] = mapped_column(String(64))
    entries: Mapped[int] = mapped_column(default=0)
    actor: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class KnownHash(Base):
    """One hash of a list, found by its value; `series` is what the list calls the series it belongs to."""

    __tablename__ = "known_hashes"
    # Millions of rows: the primary key is the table.
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[HashKind] = word(HashKind, primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("hash_lists.id"), primary_key=True, autoincrement=False)
    series: Mapped[str | None] = mapped_column(Text)


class KnownPicture(Base):
    """The PDQ hash of a picture of a list; looked through as a whole, so it has a number to read on from."""

    __tablename__ = "known_pictures"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    list_id: Mapped[int] = mapped_column(ForeignKey("hash_lists.id"), index=True)
    pdq: Mapped[bytes] = mapped_column(LargeBinary)
    series: Mapped[str | None] = mapped_column(Text)


class FileHashes(Base):
    """The hashes by which lists name a file, as bytes."""

    __tablename__ = "file_hashes"

    media_id: Mapped[int] = mapped_column(
        ForeignKey("media.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    md5: Mapped[bytes] = mapped_column(LargeBinary)
    sha1: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)


class KnownFile(Base):
    """A file found in a list: by which hash, and for PDQ in how many of its 256 bits it differs."""

    __tablename__ = "known_files"
    __table_args__ = (UniqueConstraint("media_id", "list_id"), NEVER_REUSED)

    id: Mapped[Key]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    list_id: Mapped[int] = mapped_column(ForeignKey("hash_lists.id"), index=True)
    by: Mapped[HashKind] = word(HashKind)
    distance: Mapped[int] = mapped_column(default=0)
    series: Mapped[str | None] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(default=now)


class PictureHash(Base):
    """A picture's PDQ hash and its quality, 0 to 100; numbered in the order of writing, so that readers read on."""

    __tablename__ = "picture_hashes"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), unique=True)
    pdq: Mapped[bytes] = mapped_column(LargeBinary)
    quality: Mapped[int]


class NearPicture(Base):
    """A picture that looks like one that was hashed before it; `distance` is the number of bits that differ."""

    __tablename__ = "near_pictures"
    __table_args__ = (
        UniqueConstraint("media_id", "earlier_id"),
        Index("ix_near_pictures_earlier_id", "earlier_id"),
        NEVER_REUSED,
    )

    id: Mapped[Key]
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    earlier_id: Mapped[int] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    distance: Mapped[int]


class ViralFile(Base):
    """A file that came in so many referrals within so many days that the rule took it for viral."""

    __tablename__ = "viral_files"

    media_id: Mapped[int] = mapped_column(
        ForeignKey("media.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    since: Mapped[datetime] = mapped_column(default=now)
    referrals: Mapped[int]
    days: Mapped[int]
