"""An identification made lasting: the attributions that follow from two examiners' agreement, and end with it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.ids import public
from engine.records.people import persons
from engine.records.review.standing import Owner, OwnerKind, Standing
from engine.records.schema import Attribution, Conclusion, Subject
from engine.records.words import SubjectStanding


def keep_in_step(
    session: Session, subject: Subject, standing: Standing, conclusion: Conclusion, *, actor: Actor
) -> None:
    """Attribute an identified subject to its person, and end what rested on an identification that no longer stands.

    Where a subject of another referral was identified as the same person, both belong to one person: the one that the
    other subject, or else this one, belongs to already, or somebody new and unnamed.
    """
    wanted: dict[int, int] = {}
    if standing.standing is SubjectStanding.IDENTIFIED and standing.owner is not None:
        wanted = _wanted(session, subject, standing.owner, actor)
    for attribution in _resting_on(session, subject.id):
        if wanted.get(attribution.subject_id) != attribution.person_id:
            persons.end(session, attribution, actor=actor)
    basis = "identified by " + " and ".join(public("user", examiner) for examiner in standing.agreed_by)
    for subject_id, person_id in wanted.items():
        held = persons.attribution_of(session, subject_id)
        if held is None or held.person_id != person_id:
            persons.assign(session, subject_id, person_id, basis, conclusion.id, actor=actor)


def _wanted(session: Session, subject: Subject, owner: Owner, actor: Actor) -> dict[int, int]:
    if owner.kind is OwnerKind.PERSON:
        return {subject.id: owner.id}
    held = persons.attribution_of(session, owner.id) or persons.attribution_of(session, subject.id)
    person = held.person_id if held is not None else persons.create_person(session, None, actor=actor).id
    return {subject.id: person, owner.id: person}


def _resting_on(session: Session, subject_id: int) -> list[Attribution]:
    """The attributions that hold because this subject was identified."""
    query = (
        select(Attribution)
        .join(Conclusion, Conclusion.id == Attribution.conclusion_id)
        .where(Conclusion.subject_id == subject_id, Attribution.ended_at.is_(None))
        .order_by(Attribution.id)
    )
    return list(session.scalars(query))
