"""What comes in: batches, referrals with their versions and media, refusals, and the cases people link them to."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import Lane, MediaFinding, MediaKind, ReferralState


class Batch(OfUnit, Base):
    """One call of `triage enqueue`: how many inputs it met, each of which is a referral or a refusal."""

    __tablename__ = "batches"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    actor: Mapped[str] = mapped_column(String(80))
    inputs: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class Refusal(Base):
    """An input of a batch that did not become a referral, or a file of one that was left out, with its reason."""

    __tablename__ = "refusals"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id"), index=True)
    path: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)


class Referral(OfUnit, Base):
    """One incoming report; `content` is the keyed digest of all its files, by which the same report is known again."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_queue", "unit_id", "state", "priority", "received_at"),
        NEVER_REUSED,
    )

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    state: Mapped[ReferralState] = word(ReferralState, default=ReferralState.RECEIVED)
    state_since: Mapped[datetime] = mapped_column(default=now)
    lane: Mapped[Lane] = word(Lane, default=Lane.NORMAL)
    #: Smaller is sooner: 0 urgent, 50 normal, 90 low.
    priority: Mapped[int] = mapped_column(default=50)
    source: Mapped[str] = mapped_column(Text)
    report_number: Mapped[str | None] = mapped_column(String(80), index=True)
    content: Mapped[str] = mapped_column(String(64), index=True)
    version: Mapped[int] = mapped_column(default=1)
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("referrals.id"))
    narrative: Mapped[str | None] = mapped_column(Text)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    received_at: Mapped[datetime] = mapped_column(default=now)
    ready_at: Mapped[datetime | None]
    #: Why the referral failed, is on hold, or was not searched; words for a person.
    reason: Mapped[str | None] = mapped_column(Text)


class ReferralVersion(Base):
    """One delivery of a referral: the first report, or a supplement to it, and the batch that brought it."""

    __tablename__ = "referral_versions"
    __table_args__ = (UniqueConstraint("referral_id", "number"), NEVER_REUSED)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    number: Mapped[int]
    content: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(default=now)


class Media(OfUnit, Base):
    """One file by its content; referrals that bring the same picture share it."""

    __tablename__ = "media"
    __table_args__ = (UniqueConstraint("unit_id", "address"), NEVER_REUSED)

    id: Mapped[Key]
    #: The vault address: the keyed hash of the bytes.
    address: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[MediaKind] = word(MediaKind)
    format: Mapped[str | None] = mapped_column(String(24))
    width: Mapped[int | None]
    height: Mapped[int | None]
    captured_at: Mapped[datetime | None]
    #: How long a video says it lasts, and how far the workers have watched it, in milliseconds.
    duration_ms: Mapped[int | None]
    watched_ms: Mapped[int | None]
    finding: Mapped[MediaFinding] = word(MediaFinding, default=MediaFinding.PENDING)
    finding_reason: Mapped[str | None] = mapped_column(Text)
    #: Which detector at which settings made the finding, and the passes it tried.
    detector: Mapped[str | None] = mapped_column(Text)
    passes: Mapped[list[str]] = mapped_column(JSON, default=list)
    analysed_at: Mapped[datetime | None]


class ReferralMedia(Base):
    """A file's place in a referral, under the name it came with."""

    __tablename__ = "referral_media"
    __table_args__ = (UniqueConstraint("referral_id", "media_id", "name"), NEVER_REUSED)

    id: Mapped[Key]
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(Text)


class Case(OfUnit, Base):
    """An investigation."""

    __tablename__ = "cases"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(120), unique=True)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class CaseReferral(Base):
    """A link between a case and a referral, made by a person and undone by a person; ended links stay as history."""

    __tablename__ = "case_referrals"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referrals.id"), index=True)
    linked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    linked_at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str | None] = mapped_column(Text)
    unlinked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    unlinked_at: Mapped[datetime | None]
