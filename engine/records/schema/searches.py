"""What was asked and answered: permits, searches with what each of them scanned, and candidates."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import Channel


class Permit(OfUnit, Base):
    """The authority for a search; a standing one covers a whole channel of intake."""

    __tablename__ = "permits"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    channel: Mapped[Channel] = word(Channel)
    purpose: Mapped[str] = mapped_column(Text)
    lawful_basis: Mapped[str] = mapped_column(Text)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    #: The subject roles it covers, as words of SubjectRole.
    roles: Mapped[list[str]] = mapped_column(JSON)
    #: Whether it covers the subjects of the same case, and of other referrals that are open or matched nobody.
    material: Mapped[bool] = mapped_column(default=True)
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PermitGallery(Base):
    """A gallery that a permit covers."""

    __tablename__ = "permit_galleries"

    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), primary_key=True)
    gallery_id: Mapped[int] = mapped_column(ForeignKey("galleries.id"), primary_key=True)


class Search(OfUnit, Base):
    """One search as it ran: who, why, under which permit, with which model, over what."""

    __tablename__ = "searches"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"), index=True)
    #: The permit that covered most of it; every scope names its own.
    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    #: The worker or command that ran it, and on which host.
    run_by: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text)
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    detector: Mapped[str | None] = mapped_column(Text)
    #: The probe: face ids of a subject, or the keyed hash, box and quality of a desk picture.
    probe: Mapped[dict[str, Any]] = mapped_column(JSON)
    top: Mapped[int]
    exact: Mapped[bool]
    #: Reference faces: how many were scanned, of how many in scope and unexpired.
    scanned: Mapped[int]
    eligible: Mapped[int]
    #: References and subjects: how many could have been proposed, and how many of them earlier exclusions left out.
    eligible_owners: Mapped[int]
    excluded_owners: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    #: The search that replaced this one as the subject's current list.
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("searches.id"))


class SearchScope(Base):
    """One collection that a search went through: a gallery, or (no gallery) the material of case and open referrals."""

    __tablename__ = "search_scopes"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    search_id: Mapped[int] = mapped_column(ForeignKey("searches.id", ondelete="CASCADE"), index=True)
    gallery_id: Mapped[int | None] = mapped_column(ForeignKey("galleries.id"))
    #: The permit under which it was gone through.
    permit_id: Mapped[int] = mapped_column(ForeignKey("permits.id"), index=True)
    #: The published index that answered (none: all rows were read from the database) and the last row it had seen.
    snapshot: Mapped[str | None] = mapped_column(String(64))
    seen_row: Mapped[int]
    scanned: Mapped[int]
    eligible: Mapped[int]


class Candidate(Base):
    """One proposal of a search: a reference, or a subject of the same case or of another open referral."""

    __tablename__ = "candidates"
    __table_args__ = (Index("ix_candidates_search", "search_id", "rank"), NEVER_REUSED)

    id: Mapped[Key]
    search_id: Mapped[int] = mapped_column(ForeignKey("searches.id", ondelete="CASCADE"))
    rank: Mapped[int]
    reference_id: Mapped[int | None] = mapped_column(ForeignKey("gallery_references.id"), index=True)
    linked_subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"), index=True)
    #: The probe's face and the candidate's face whose score is the pair's best.
    probe_face_id: Mapped[int | None] = mapped_column(ForeignKey("faces.id"))
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id"))
    score: Mapped[float]
    #: Share of strangers that score at least as high, with its 95 % interval; none where it is not known.
    rarity: Mapped[float | None]
    rarity_low: Mapped[float | None]
    rarity_high: Mapped[float | None]
    rarity_basis: Mapped[int] = mapped_column(default=0)
    cautions: Mapped[list[str]] = mapped_column(JSON, default=list)
