"""Spaces that are filled beside the one at work, and the faces that cannot be had in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now


class Fill(OfUnit, Base):
    """A space in which background jobs embed every face again, and go on doing so for faces that come later."""

    __tablename__ = "fills"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"), unique=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    #: Every face up to this number was embedded, or is among the unfilled.
    upto_face_id: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]
    #: Why it stopped by itself, in words.
    problem: Mapped[str | None] = mapped_column(Text)


class Unfilled(Base):
    """A face that could not be embedded in a space, and why."""

    __tablename__ = "unfilled_faces"
    __table_args__ = (UniqueConstraint("space_id", "face_id"), NEVER_REUSED)

    id: Mapped[Key]
    space_id: Mapped[str] = mapped_column(ForeignKey("spaces.id"))
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(Text)
