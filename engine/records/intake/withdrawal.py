"""Taking a report back: no work goes on with it, and what workers are at that moment doing for it is not kept."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.intake.duplicates import promote
from engine.records.intake.states import CLOSED, move
from engine.records.schema import Referral, ReferralMedia
from engine.records.words import ReferralState


def withdraw(session: Session, referral: Referral, reason: str, *, actor: Actor) -> list[Referral]:
    """Take a referral out of work because its sender or a person says so; gives the duplicates that take its place.

    It stays until it is erased, and so does what was concluded about it. A report with a number is taken back with all
    its duplicates. Without a number the same content may have come from another sender, who took nothing back: that
    duplicate becomes a referral of its own. Raises NotYours and WrongTransition.
    """
    actor.require_person("withdraw a referral")
    move(session, referral, ReferralState.WITHDRAWN, actor, reason)
    if referral.report_number:
        return []
    return promote(session, referral, "that one was withdrawn, and this may be another sender's", actor=actor)


def is_abandoned(session: Session, media_id: int) -> bool:
    """Whether every referral that brought a file has been withdrawn or erased; never for what no referral brought."""
    states = select(Referral.state).join(ReferralMedia, ReferralMedia.referral_id == Referral.id)
    found = set(session.scalars(states.where(ReferralMedia.media_id == media_id)))
    return bool(found) and found <= CLOSED
