"""The files of a referral, and whether they hold anything that workers have not dealt with yet."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from engine.records.portions import portions
from engine.records.schema import Face, Media, ReferralMedia, Subject, SubjectFace
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


def files_in(session: Session, referral_ids: Collection[int]) -> set[int]:
    """The numbers of all files of some referrals."""
    found: set[int] = set()
    for some in portions(referral_ids):
        found.update(session.scalars(select(ReferralMedia.media_id).where(ReferralMedia.referral_id.in_(some))))
    return found


def left_for_workers(session: Session, referral_id: int) -> bool:
    """Whether a file of the referral waits to be looked at, or shows a face that no subject of the referral has.

    The second happens where the file itself was known: another referral or a gallery brought it before.
    """
    media = select(ReferralMedia.media_id).where(ReferralMedia.referral_id == referral_id)
    unseen = exists().where(Media.id.in_(media), Media.finding == MediaFinding.PENDING)
    grouped = select(SubjectFace.face_id).join(Subject, Subject.id == SubjectFace.subject_id)
    grouped = grouped.where(Subject.referral_id == referral_id, SubjectFace.face_id == Face.id)
    ungrouped = exists().where(Face.media_id.in_(media), ~grouped.exists())
    return bool(session.scalar(select(or_(unseen, ungrouped))))
