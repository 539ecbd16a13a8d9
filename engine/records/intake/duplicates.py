"""What becomes of the duplicates of a referral that goes: the first of each content takes its place."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.intake.states import step_forward
from engine.records.schema import Referral
from engine.records.words import ReferralState


def duplicates_of(session: Session, referral_id: int) -> list[Referral]:
    """The referrals that are nothing but this one again, oldest first."""
    query = select(Referral).where(Referral.duplicate_of_id == referral_id, Referral.state == ReferralState.DUPLICATE)
    return list(session.scalars(query.order_by(Referral.id)))


def promote(session: Session, original: Referral, reason: str, *, actor: Actor) -> list[Referral]:
    """Let duplicates take the place of a referral that is erased or withdrawn, and give those that do.

    One referral may have had several contents, its supplements: the oldest duplicate of each becomes a referral of its
    own and goes to the workers with the files and words that it brought itself; later ones become duplicates of it.
    """
    heirs: dict[str, Referral] = {}
    for duplicate in duplicates_of(session, original.id):
        heir = heirs.setdefault(duplicate.content, duplicate)
        duplicate.duplicate_of_id = heir.id
    name = ids.public("referral", original.id)
    return [step_forward(session, heir, actor, f"it stood behind {name}: {reason}") for heir in heirs.values()]
