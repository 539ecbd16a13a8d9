"""What happens to referrals when work on them begins, and when all tries of a job are spent."""

from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.errors import BadId
from engine.records.faces import fills
from engine.records.intake import states
from engine.records.schema import Referral, ReferralMedia
from engine.records.words import ReferralState
from jobs.pending import UNDER_WAY

#: The tasks that work on a file, as people call them.
_OF_MEDIA = {"detect": "Looking for faces in", "watch": "Watching"}


def begin(session: Session, referral: Referral, actor: Actor) -> None:
    """Mark a waiting referral as being worked on; leave any other as it is."""
    if referral.state in (ReferralState.RECEIVED, ReferralState.QUEUED):
        states.move(session, referral, ReferralState.WORKING, actor)


def waiting_with(session: Session, media_id: int) -> list[Referral]:
    """The referrals that hold this file and wait for workers."""
    holding = select(ReferralMedia.referral_id).where(ReferralMedia.media_id == media_id)
    return list(session.scalars(select(Referral).where(Referral.id.in_(holding), Referral.state.in_(UNDER_WAY))))


def give_up(records: Records, job_id: str, reason: str, actor: Actor) -> list[int]:
    """Mark the referrals that wait for a failed job as failed, in words for people; gives their numbers.

    A referral that was received again since then is left alone: it gets a job of its own.
    """
    task, target = [*job_id.split("-"), ""][:2]
    if task == "fill":
        _stop_fill(records, target, reason)
        return []
    failed = []
    with records.database.write() as session:
        for referral in _waiting_for(session, task, target):
            if referral.state is not ReferralState.RECEIVED:
                states.move(session, referral, ReferralState.FAILED, actor, f"{_words(task, target)} failed. {reason}")
                failed.append(referral.id)
    return failed


def _stop_fill(records: Records, target: str, reason: str) -> None:
    with suppress(BadId), records.database.write() as session:
        fills.stop(session, ids.parse(target, "fill"), reason)


def _waiting_for(session: Session, task: str, target: str) -> list[Referral]:
    try:
        if task in _OF_MEDIA:
            return waiting_with(session, ids.parse(target, "media"))
        referral = session.get(Referral, ids.parse(target, "referral"))
    except BadId:
        return []  # Somebody else put a job with a name of their own into this Redis; it was refused.
    return [referral] if referral is not None and referral.state in UNDER_WAY else []


def _words(task: str, target: str) -> str:
    return f"{_OF_MEDIA.get(task, 'Searching for the faces of')} {target}"
