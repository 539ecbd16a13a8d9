"""How far the videos of referrals have been watched, in words for whoever waits."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.ids import public
from engine.records.portions import portions
from engine.records.schema import Media, ReferralMedia
from engine.records.words import MediaFinding


def videos_being_watched(session: Session, referral_ids: Collection[int]) -> list[str]:
    """One sentence on each video of these referrals that workers have begun to watch and not finished."""
    sentences = []
    for some in portions(referral_ids):
        of_referrals = select(ReferralMedia.media_id).where(ReferralMedia.referral_id.in_(some))
        query = select(Media).where(
            Media.id.in_(of_referrals), Media.finding == MediaFinding.PENDING, Media.watched_ms.is_not(None)
        )
        sentences += [_sentence(media) for media in session.scalars(query.order_by(Media.id))]
    return sentences


def _sentence(media: Media) -> str:
    of_all = "" if media.duration_ms is None else f" of {media.duration_ms // 1000}"
    return f"{public('media', media.id)}: {(media.watched_ms or 0) // 1000}{of_all} seconds watched."
