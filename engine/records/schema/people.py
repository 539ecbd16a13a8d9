"""Who it may be: people, the attributions that tie faces to them, galleries and their references."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import GalleryPurpose


class Person(OfUnit, Base):
    """Somebody, named or not yet."""

    __tablename__ = "persons"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    name: Mapped[str | None] = mapped_column(String(200), index=True)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class PersonRelation(Base):
    """Two people who are related and not the same, as a person recorded it (siblings, twins)."""

    __tablename__ = "person_relations"
    __table_args__ = (UniqueConstraint("person_id", "other_id"), NEVER_REUSED)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    relation: Mapped[str] = mapped_column(String(80))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=now)


class Attribution(Base):
    """People's word that a subject is a person; ended by people, never by machines."""

    __tablename__ = "attributions"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    basis: Mapped[str] = mapped_column(Text)
    #: The conclusion that completed the identification it rests on; none for a single person's word.
    conclusion_id: Mapped[int | None] = mapped_column(ForeignKey("conclusions.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]


class Gallery(OfUnit, Base):
    """A named reference collection with owner, purpose, lawful basis and retention."""

    __tablename__ = "galleries"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    owner: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[GalleryPurpose] = word(GalleryPurpose)
    purpose_text: Mapped[str] = mapped_column(Text)
    lawful_basis: Mapped[str] = mapped_column(Text)
    retention_days: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]


class Reference(Base):
    """A person's entry in a gallery."""

    __tablename__ = "gallery_references"
    __table_args__ = (
        UniqueConstraint("gallery_id", "person_id"),
        Index("ix_gallery_references_expiry", "gallery_id", "expires_at"),
        NEVER_REUSED,
    )

    id: Mapped[Key]
    gallery_id: Mapped[int] = mapped_column(ForeignKey("galleries.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]


class ReferenceFace(Base):
    """One enrolled face of a reference, with the file name it came from."""

    __tablename__ = "reference_faces"
    __table_args__ = (UniqueConstraint("reference_id", "face_id"), NEVER_REUSED)

    id: Mapped[Key]
    reference_id: Mapped[int] = mapped_column(ForeignKey("gallery_references.id", ondelete="CASCADE"))
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
