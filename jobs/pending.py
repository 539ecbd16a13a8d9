"""Which work each referral still needs, read from the records: the one place that says what comes next."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.portions import portions
from engine.records.schema import Media, Referral, ReferralMedia
from engine.records.words import Lane, MediaFinding, MediaKind, ReferralState
from jobs.queues import Work, detect, match, watch

#: States in which a referral belongs to the workers.
UNDER_WAY = (ReferralState.RECEIVED, ReferralState.QUEUED, ReferralState.WORKING)


@dataclass(frozen=True, slots=True)
class Pending:
    """A referral that waits for workers, and the work it needs next: its files first, then the match."""

    referral_id: int
    state: ReferralState
    lane: Lane
    works: tuple[Work, ...]


def pending(session: Session, referral_ids: Collection[int] | None = None) -> list[Pending]:
    """The referrals that wait for workers (all of them, or those of the given ones), the most urgent first."""
    if referral_ids is None:
        return _pending(session, None)
    return [entry for some in portions(referral_ids) for entry in _pending(session, some)]


def pending_with(session: Session, media_id: int) -> list[Pending]:
    """The referrals that wait for workers and hold this file."""
    query = select(ReferralMedia.referral_id).where(ReferralMedia.media_id == media_id).distinct()
    return pending(session, session.scalars(query).all())


def _pending(session: Session, referral_ids: list[int] | None) -> list[Pending]:
    wanted = [Referral.state.in_(UNDER_WAY)]
    if referral_ids is not None:
        wanted.append(Referral.id.in_(referral_ids))
    files: dict[int, list[Work]] = defaultdict(list)
    unseen = (
        select(ReferralMedia.referral_id, Media.id, Media.kind, Media.watched_ms)
        .join(Referral, Referral.id == ReferralMedia.referral_id)
        .join(Media, Media.id == ReferralMedia.media_id)
        .where(*wanted, Media.finding == MediaFinding.PENDING)
        .order_by(ReferralMedia.id)
    )
    for referral_id, media_id, kind, watched_ms in session.execute(unseen):
        work = watch(media_id, watched_ms) if kind is MediaKind.VIDEO else detect(media_id)
        if work not in files[referral_id]:
            files[referral_id].append(work)
    rows = session.execute(
        select(Referral.id, Referral.state, Referral.lane)
        .where(*wanted)
        .order_by(Referral.priority, Referral.received_at, Referral.id)
    )
    return [Pending(number, state, lane, tuple(files[number]) or (match(number),)) for number, state, lane in rows]
