"""Recalls: unmatched subjects that later material brings back to people, each with why.

A recall is due from the moment the standing search proposes it. A fresh list of the subject alone, under the permits
that hold then, decides: whoever it has and the earlier list had not is new, and brings the subject back.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, cast, exists, func, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.ids import PREFIXES, public, public_or_none
from engine.records.intake.states import CLOSED
from engine.records.review import outcome
from engine.records.review.recall_reasons import Owners, reason_of
from engine.records.schema import (
    Candidate,
    Conclusion,
    Lease,
    Recall,
    RecallOwner,
    Referral,
    Search,
    Subject,
    now,
)
from engine.records.searching.searches import current_search
from engine.records.searching.unmatched import is_unmatched
from engine.records.words import LeaseKind, RecallState


@dataclass(frozen=True, slots=True)
class NewLikeness:
    """An arrival that may show a subject: a reference or a subject of another referral, how rare, and the score."""

    subject_id: int
    score: float
    rarity: float | None
    reference_id: int | None = None
    linked_subject_id: int | None = None


def propose(session: Session, space_id: str, likenesses: Iterable[NewLikeness]) -> int:
    """Keep these likenesses as due recalls, one for each subject; gives how many subjects had none due before."""
    new = 0
    for likeness in likenesses:
        recall = _due_of(session, likeness.subject_id)
        if recall is None:
            baseline = current_search(session, likeness.subject_id)
            recall = Recall(
                unit_id=unit_of(session),
                subject_id=likeness.subject_id,
                space_id=space_id,
                score=likeness.score,
                rarity=likeness.rarity,
                baseline_id=None if baseline is None else baseline.id,
            )
            session.add(recall)
            session.flush()
            new += 1
        elif _rank(likeness.rarity, likeness.score) < _rank(recall.rarity, recall.score):
            recall.rarity, recall.score = likeness.rarity, likeness.score
        session.add(
            RecallOwner(
                recall_id=recall.id,
                reference_id=likeness.reference_id,
                linked_subject_id=likeness.linked_subject_id,
            )
        )
    session.flush()
    return new


def due(session: Session, limit: int | None = None) -> list[int]:
    """The subjects whose recall can be looked into now, the rarest likeness first; those being examined wait."""
    query = _due(session, Subject.id).where(Referral.state.in_(outcome.REVIEW_STATES), ~_claimed())
    order = (Recall.rarity.is_(None), Recall.rarity, Recall.score.desc(), Recall.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))


def count_due(session: Session) -> int:
    """How many recalls are due, those too that wait for an examiner or for workers."""
    return session.scalar(select(func.count()).select_from(_due(session, Recall.id).subquery())) or 0


def count_shown(session: Session, since: datetime) -> int:
    """How many subjects came back since a moment."""
    query = select(func.count()).select_from(Recall).where(Recall.unit_id == unit_of(session))
    return session.scalar(query.where(Recall.state == RecallState.SHOWN, Recall.settled_at >= since)) or 0


def may_be_settled(session: Session, subject_id: int) -> bool:
    """Whether the subject's recall is due, and nobody is examining the subject and no worker is about to."""
    query = _due(session, Recall.id).where(
        Subject.id == subject_id, Referral.state.in_(outcome.REVIEW_STATES), ~_claimed()
    )
    return session.scalar(query.limit(1)) is not None


def settle(session: Session, subject_id: int, *, actor: Actor) -> Recall | None:
    """Judge the subject's due recall by its list of this moment, and open the subject again where somebody is new.

    None where nothing is due, or where people merged the subject into another one, whose recall it is then. Conclusions
    stay; what was concluded without the new candidates closes nothing any more.
    """
    recall = _due_of(session, subject_id)
    if recall is None:
        return None
    subject = session.get_one(Subject, subject_id)
    if subject.merged_into_id is not None:
        _hand_over(session, recall, subject.merged_into_id)
        return None
    referral = session.get_one(Referral, subject.referral_id)
    search = current_search(session, subject_id)
    recall.settled_at = now()
    fault = _obstacle(session, recall, subject, search)
    owners = _new_owners(session, recall, search) if search is not None else Owners(frozenset(), frozenset())
    if fault is None and search is not None and owners:
        recall.state, recall.search_id = RecallState.SHOWN, search.id
        recall.reason = reason_of(session, owners, recall, search)
        recall.after_conclusion_id = session.scalar(
            select(func.max(Conclusion.id)).where(Conclusion.subject_id == subject_id)
        )
    else:
        recall.state = RecallState.DROPPED
        recall.reason = fault or "nobody new is on the list that was made of it"
    session.flush()
    ledger.record(
        session,
        actor=actor,
        action="subject.recalled" if recall.state is RecallState.SHOWN else "recall.dropped",
        target=public("subject", subject_id),
        recall=recall.id,
        space=recall.space_id,
        search=public_or_none("search", recall.search_id),
        references=[public("reference", number) for number in sorted(owners.references)],
        subjects=[public("subject", number) for number in sorted(owners.subjects)],
    )
    if recall.state is RecallState.SHOWN:
        outcome.settle(session, referral, actor=actor)
    return recall


def _obstacle(session: Session, recall: Recall, subject: Subject, search: Search | None) -> str | None:
    """Why a recall cannot bring its subject back, whatever was found; None where it can."""
    holds = session.scalar(
        select(Subject.id)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(Subject.id == subject.id, is_unmatched())
    )
    if holds is None:
        return "it is not unmatched any more"
    if search is None or search.id == recall.baseline_id:
        return subject.not_searched or "no new list could be made of it"
    return None


def _new_owners(session: Session, recall: Recall, search: Search) -> Owners:
    """Those of a recall's owners that are on a list and were not on the one before."""
    proposed = _owners(session, select(RecallOwner).where(RecallOwner.recall_id == recall.id))
    listed = _owners(session, select(Candidate).where(Candidate.search_id == search.id))
    earlier = _owners(session, select(Candidate).where(Candidate.search_id == (recall.baseline_id or 0)))
    return Owners(
        (proposed.references & listed.references) - earlier.references,
        (proposed.subjects & listed.subjects) - earlier.subjects,
    )


def _owners(session: Session, query: Select[RecallOwner] | Select[Candidate]) -> Owners:
    rows: Collection[RecallOwner | Candidate] = session.scalars(query).all()
    return Owners(
        frozenset(row.reference_id for row in rows if row.reference_id is not None),
        frozenset(row.linked_subject_id for row in rows if row.linked_subject_id is not None),
    )


def _hand_over(session: Session, recall: Recall, heir_id: int) -> None:
    """Make a recall that of the subject which has the faces now; what it was listed with before is another's list."""
    known = _due_of(session, heir_id)
    if known is None:
        recall.subject_id, recall.baseline_id = heir_id, None
    else:
        session.execute(update(RecallOwner).where(RecallOwner.recall_id == recall.id).values(recall_id=known.id))
        session.delete(recall)
    session.flush()


def _due_of(session: Session, subject_id: int) -> Recall | None:
    query = select(Recall).where(Recall.subject_id == subject_id, Recall.state == RecallState.DUE)
    return session.scalar(query.order_by(Recall.id).limit(1))


def _due(session: Session, column: InstrumentedAttribute[int]) -> Select[int]:
    return (
        select(column)
        .select_from(Recall)
        .join(Subject, Subject.id == Recall.subject_id)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(Recall.unit_id == unit_of(session), Recall.state == RecallState.DUE, Referral.state.not_in(CLOSED))
    )


def _claimed() -> ColumnElement[bool]:
    """The condition on `Subject` that somebody examines it at this moment."""
    resource = literal(PREFIXES["subject"]).concat(cast(Subject.id, String))
    return exists().where(Lease.kind == LeaseKind.REVIEW, Lease.expires_at > now(), Lease.resource == resource)


def _rank(rarity: float | None, score: float) -> tuple[bool, float, float]:
    return rarity is None, rarity or 0.0, -score
