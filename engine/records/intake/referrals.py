"""Referrals once they are in: finding them, and what people do to them as a whole."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import ids
from engine.records.actors import Actor
from engine.records.database import unit_of
from engine.records.errors import NotFound
from engine.records.intake.report import fold
from engine.records.intake.states import move
from engine.records.schema import Referral, ReportText
from engine.records.words import ReferralState


def get_referral(session: Session, referral_id: int) -> Referral:
    """The referral with this number; raises NotFound."""
    referral = session.get(Referral, referral_id)
    if referral is None:
        public_id = ids.public("referral", referral_id)
        raise NotFound(f"There is no referral {public_id}.", "See them all: triage referral list --all")
    return referral


def list_referrals(
    session: Session,
    states: Collection[ReferralState] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Referral]:
    """The unit's referrals, those in some states or all, most urgent and then oldest first."""
    query = select(Referral).where(Referral.unit_id == unit_of(session))
    if states is not None:
        query = query.where(Referral.state.in_(states))
    order = (Referral.priority, Referral.received_at, Referral.id)
    return list(session.scalars(query.order_by(*order).limit(limit).offset(offset)))


def search_referrals(
    session: Session,
    text: str,
    states: Collection[ReferralState] | None = None,
    limit: int | None = None,
) -> list[Referral]:
    """The unit's referrals that say every word of a text somewhere, the newest first.

    Looked through are the narrative, every fact, the files' names, the source and the report's number, whatever the
    case of the letters; a word may be a part of one, so that a search can follow somebody who is typing.
    """
    query = select(Referral).where(Referral.unit_id == unit_of(session))
    if states is not None:
        query = query.where(Referral.state.in_(states))
    words = fold(text).split()
    if words:
        query = query.join(ReportText, ReportText.referral_id == Referral.id)
        query = query.where(*(ReportText.folded.contains(word, autoescape=True) for word in words))
    return list(session.scalars(query.order_by(Referral.id.desc()).limit(limit)))


def hold(session: Session, referral: Referral, reason: str, *, actor: Actor) -> Referral:
    """Put a referral on hold, as a person asks with a reason."""
    actor.require_person("put a referral on hold")
    return move(session, referral, ReferralState.ON_HOLD, actor, reason)


def resume(session: Session, referral: Referral, *, actor: Actor) -> Referral:
    """Take a referral off hold: to the workers, who do what is left and search anew; conclusions stand meanwhile."""
    actor.require_person("resume a referral")
    return move(session, referral, ReferralState.RECEIVED, actor)
