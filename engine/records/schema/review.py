"""What people decided: leases, append-only conclusions, the exhibits they stand on, and pairs that were excluded."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import ConclusionKind, LeaseKind


class Lease(Base):
    """A claim with an end: one holder per resource; it frees itself when the holder goes silent."""

    __tablename__ = "leases"
    __table_args__ = (UniqueConstraint("kind", "resource"),)

    id: Mapped[Key]
    kind: Mapped[LeaseKind] = word(LeaseKind)
    #: What is claimed, as a public id: S12, R7, M3.
    resource: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(120))
    acquired_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class Exhibit(OfUnit, Base):
    """The exact crops and rendering a conclusion was made on, frozen with it."""

    __tablename__ = "exhibits"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    probe_face_id: Mapped[int | None] = mapped_column(ForeignKey("faces.id", ondelete="SET NULL"))
    face_id: Mapped[int | None] = mapped_column(ForeignKey("faces.id", ondelete="SET NULL"))
    probe_crop: Mapped[str | None] = mapped_column(String(64))
    crop: Mapped[str | None] = mapped_column(String(64))
    #: How it was shown: protocol, cells, pixels between the eyes, whether the score was visible, space and search.
    rendering: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Conclusion(OfUnit, Base):
    """What one examiner holds; rows are only ever added, and a later one may supersede an earlier one of theirs."""

    __tablename__ = "conclusions"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    #: None for a referral in which no face was found.
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"), index=True)
    kind: Mapped[ConclusionKind] = word(ConclusionKind)
    examiner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    candidate_id: Mapped[int | None] = mapped_column(ForeignKey("candidates.id", ondelete="SET NULL"))
    #: Who the candidate is, kept beside it so that the conclusion stands when candidate lists are replaced.
    reference_id: Mapped[int | None] = mapped_column(ForeignKey("gallery_references.id"))
    linked_subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"), index=True)
    #: The candidate list the examiner had before them: a "no match" speaks of the people on that list alone.
    search_id: Mapped[int | None] = mapped_column(ForeignKey("searches.id"))
    note: Mapped[str | None] = mapped_column(Text)
    exhibit_id: Mapped[int | None] = mapped_column(ForeignKey("exhibits.id"))
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("conclusions.id"), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)


class ExcludedPair(Base):
    """Two faces that an examiner held to be different people; the pair is not proposed again."""

    __tablename__ = "excluded_pairs"
    __table_args__ = (UniqueConstraint("conclusion_id", "probe_face_id", "face_id"),)

    id: Mapped[Key]
    conclusion_id: Mapped[int] = mapped_column(ForeignKey("conclusions.id"), index=True)
    probe_face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"))
