"""What people have stopped for a while, and why."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now, word
from engine.records.words import Paused


class Pause(OfUnit, Base):
    """A pause of intake or of the workers, from who asked for it to who ended it; in force until then."""

    __tablename__ = "pauses"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    what: Mapped[Paused] = word(Paused)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime] = mapped_column(default=now)
    ended_by: Mapped[str | None] = mapped_column(String(120))
    ended_at: Mapped[datetime | None]
