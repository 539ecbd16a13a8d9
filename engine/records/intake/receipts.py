"""What each delivery of a batch brought, by the SHA-256 of every file: the part of a receipt that can be checked."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.schema import Batch, Media, ReferralMedia, ReferralVersion, ReportOriginal

#: The files of a delivery, under the referral's number and the version.
Brought = dict[tuple[int, int], list[dict[str, Any]]]


def files_of(session: Session, batch: Batch) -> Brought:
    """The files that each delivery of a batch added to its referral: name, public id, SHA-256 and size in bytes."""
    query = (
        select(ReferralVersion.referral_id, ReferralVersion.number, ReferralMedia.name, Media)
        .join(
            ReferralMedia,
            (ReferralMedia.referral_id == ReferralVersion.referral_id)
            & (ReferralMedia.version == ReferralVersion.number),
        )
        .join(Media, Media.id == ReferralMedia.media_id)
        .where(ReferralVersion.batch_id == batch.id)
        .order_by(ReferralMedia.id)
    )
    found: Brought = defaultdict(list)
    for referral_id, version, name, media in session.execute(query):
        file = {"name": name, "id": ids.public("media", media.id), "sha256": media.sha256, "size": media.size}
        found[referral_id, version].append(file)
    return found


def originals_of_batch(session: Session, batch: Batch) -> Brought:
    """The documents that each delivery of a batch was read from: name, SHA-256 and size in bytes."""
    query = (
        select(ReportOriginal)
        .join(
            ReferralVersion,
            (ReferralVersion.referral_id == ReportOriginal.referral_id)
            & (ReferralVersion.number == ReportOriginal.version),
        )
        .where(ReferralVersion.batch_id == batch.id)
        .order_by(ReportOriginal.id)
    )
    found: Brought = defaultdict(list)
    for one in session.scalars(query):
        found[one.referral_id, one.version].append({"name": one.name, "sha256": one.sha256, "size": one.size})
    return found
