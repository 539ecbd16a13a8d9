"""The files of a referral, and which of them no worker has looked at yet."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.schema import Media, ReferralMedia
from engine.records.words import MediaFinding


@dataclass(frozen=True, slots=True)
class ReferralFile:
    """A file of a referral: its media, the name it came with and the version that brought it."""

    media: Media
    name: str
    version: int


def media_of(session: Session, referral_id: int) -> list[ReferralFile]:
    """The files of a referral in the order they came."""
    query = (
        select(Media, ReferralMedia.name, ReferralMedia.version)
        .join(ReferralMedia, ReferralMedia.media_id == Media.id)
        .where(ReferralMedia.referral_id == referral_id)
        .order_by(ReferralMedia.id)
    )
    return [ReferralFile(*row) for row in session.execute(query)]


def pending_media(session: Session, referral_id: int) -> list[Media]:
    """The files of a referral that no worker has looked at yet."""
    query = (
        select(Media)
        .where(
            Media.finding == MediaFinding.PENDING,
            Media.id.in_(select(ReferralMedia.media_id).where(ReferralMedia.referral_id == referral_id)),
        )
        .order_by(Media.id)
    )
    return list(session.scalars(query))
