"""What came later: how far each collection was held against the unmatched subjects, and whom that brought back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import RecallState


class StandingMark(OfUnit, Base):
    """Up to which row a collection's faces were searched for in the unmatched subjects, in one space."""

    __tablename__ = "standing_marks"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    #: None for the material of the unit's own referrals.
    gallery_id: Mapped[int | None] = mapped_column(ForeignKey("galleries.id"))
    seen_row: Mapped[int] = mapped_column(default=0)
    #: When rows beyond that were first noticed; none while there are none.
    behind_since: Mapped[datetime | None]
    #: Why they cannot be searched for yet, and when to try again; none where nothing stands against it.
    blocked: Mapped[str | None] = mapped_column(Text)
    retry_at: Mapped[datetime | None]


class Recall(OfUnit, Base):
    """An unmatched subject that later material may show: due until a fresh list of it was made and judged."""

    __tablename__ = "recalls"
    __table_args__ = (Index("ix_recalls_state", "unit_id", "state"), NEVER_REUSED)

    id: Mapped[Key]
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    state: Mapped[RecallState] = word(RecallState, default=RecallState.DUE)
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    #: The best of its pairs: the share of strangers that score as high (none: not known), and the score.
    rarity: Mapped[float | None]
    score: Mapped[float]
    #: The list that people had before the new material came; what is on it is not new.
    baseline_id: Mapped[int | None] = mapped_column(ForeignKey("searches.id", ondelete="SET NULL"))
    settled_at: Mapped[datetime | None]
    #: Once shown: the list that has the new candidates, and the last conclusion that was made without them.
    search_id: Mapped[int | None] = mapped_column(ForeignKey("searches.id", ondelete="SET NULL"))
    after_conclusion_id: Mapped[int | None] = mapped_column(ForeignKey("conclusions.id", ondelete="SET NULL"))
    #: Words for people: why the subject is back, or why it was not brought back after all.
    reason: Mapped[str | None] = mapped_column(Text)


class RecallOwner(Base):
    """Who may be new to a recalled subject: a reference, or a subject of another referral."""

    __tablename__ = "recall_owners"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    recall_id: Mapped[int] = mapped_column(ForeignKey("recalls.id", ondelete="CASCADE"), index=True)
    reference_id: Mapped[int | None] = mapped_column(
        ForeignKey("gallery_references.id", ondelete="CASCADE"), index=True
    )
    linked_subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id", ondelete="CASCADE"), index=True)
