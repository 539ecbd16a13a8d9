"""Why a referral stands where it stands: the rules that were in force, and what they said of each referral."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.records.schema.base import NEVER_REUSED, Base, Key, OfUnit, now


class RuleSet(OfUnit, Base):
    """Rules of priority as a file gave them, from the moment they were in force; the newest of a unit are."""

    __tablename__ = "rule_sets"
    __table_args__ = (NEVER_REUSED,)

    id: Mapped[Key]
    #: The SHA-256 of the text.
    digest: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(default=now)


class ReferralPriority(Base):
    """What put a referral where it stands; no row, or an empty digest: the rules have still to be asked."""

    __tablename__ = "referral_priorities"

    referral_id: Mapped[int] = mapped_column(
        ForeignKey("referrals.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    #: What the script or person that put it in asked for.
    given: Mapped[int]
    #: The rules that were asked.
    digest: Mapped[str] = mapped_column(String(64), index=True)
    #: Each rule that applied: its name, points and sentence.
    grounds: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    settled_at: Mapped[datetime] = mapped_column(default=now)
