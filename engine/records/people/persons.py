"""People, named or not yet: which subjects and references are theirs, and who is related to whom."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import NotFound, Refused
from engine.records.faces.subjects import get_subject
from engine.records.ids import public
from engine.records.people.examiners import require_examiner
from engine.records.schema import Attribution, Gallery, Person, PersonRelation, Reference, Subject, now


def create_person(session: Session, name: str | None, *, actor: Actor) -> Person:
    """A new person; two people may have one name, so nobody is taken for another by name alone."""
    person = Person(unit_id=unit_of(session), name=name)
    session.add(person)
    session.flush()
    ledger.record(session, actor=actor, action="person.created", target=public("person", person.id))
    return person


def get_person(session: Session, person_id: int) -> Person:
    """The person with this number; raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"There is no person {public('person', person_id)}.", "See them all: triage person list")
    return person


def list_persons(session: Session, *, name: str | None = None, limit: int = 100, offset: int = 0) -> list[Person]:
    """The unit's people by name, those without one last; only those of exactly this name where one is given."""
    query = select(Person).where(Person.unit_id == unit_of(session))
    if name is not None:
        query = query.where(Person.name == name)
    return list(
        session.scalars(query.order_by(Person.name.is_(None), Person.name, Person.id).limit(limit).offset(offset))
    )


def attribute(session: Session, subject: Subject, person: Person, basis: str, *, actor: Actor) -> Attribution:
    """Record one person's word that a subject is somebody, with its basis; it is no identification by two examiners.

    An earlier single person's word about the subject ends. Raises Refused where the subject is identified as somebody
    else, or where no basis is given.
    """
    user_id = require_examiner(session, actor, "attribute a subject to a person")
    subject = get_subject(session, subject.id)
    if not basis.strip():
        raise Refused(
            "An attribution needs its basis.", "Say what it rests on: a document, another unit's identification."
        )
    held = attribution_of(session, subject.id)
    if held is not None and held.person_id == person.id:
        return held
    if held is not None and held.conclusion_id is not None:
        raise Refused(
            f"{public('subject', subject.id)} is identified as {public('person', held.person_id)} by two examiners.",
            "Have the identification undone first.",
        )
    subject.shaped_by_id = user_id
    return assign(session, subject.id, person.id, basis, None, actor=actor)


def attribution_of(session: Session, subject_id: int) -> Attribution | None:
    """The attribution of a subject that holds now."""
    query = select(Attribution).where(Attribution.subject_id == subject_id, Attribution.ended_at.is_(None))
    return session.scalar(query)


def assign(
    session: Session, subject_id: int, person_id: int, basis: str, conclusion_id: int | None, *, actor: Actor
) -> Attribution:
    """Make an attribution the one that holds for a subject; callers have made sure that it may be made."""
    held = attribution_of(session, subject_id)
    if held is not None:
        end(session, held, actor=actor)
    attribution = Attribution(
        subject_id=subject_id,
        person_id=person_id,
        basis=basis,
        conclusion_id=conclusion_id,
        made_by_id=actor.require_person("attribute a subject to a person"),
    )
    session.add(attribution)
    session.flush()
    _log(session, actor, "attribution.made", attribution)
    return attribution


def end(session: Session, attribution: Attribution, *, actor: Actor) -> None:
    """End an attribution; it stays as history."""
    attribution.ended_by_id, attribution.ended_at = actor.require_person("end an attribution"), now()
    session.flush()
    _log(session, actor, "attribution.ended", attribution)


def relate(session: Session, person: Person, other: Person, relation: str, *, actor: Actor) -> PersonRelation:
    """Record that two people are related and not the same (siblings, twins); recorded again it replaces the words."""
    user_id = require_examiner(session, actor, "relate two people")
    if person.id == other.id:
        raise Refused(f"{public('person', person.id)} cannot be related to itself.", "Name two people.")
    # One row for a pair, whichever of them is named first.
    first, second = sorted((person.id, other.id))
    query = select(PersonRelation).where(PersonRelation.person_id == first, PersonRelation.other_id == second)
    known = session.scalar(query)
    if known is None:
        known = PersonRelation(person_id=first, other_id=second, relation=relation, recorded_by_id=user_id)
        session.add(known)
    else:
        known.relation, known.recorded_by_id, known.recorded_at = relation, user_id, now()
    session.flush()
    ledger.record(
        session, actor=actor, action="person.related", target=public("person", first), other=public("person", second)
    )
    return known


def relations_of(session: Session, person_id: int) -> dict[int, str]:
    """The people a person is related to, each with the relation in words."""
    query = select(PersonRelation).where(
        (PersonRelation.person_id == person_id) | (PersonRelation.other_id == person_id)
    )
    found = session.scalars(query.order_by(PersonRelation.id))
    return {row.other_id if row.person_id == person_id else row.person_id: row.relation for row in found}


def show(session: Session, person_id: int) -> dict[str, Any]:
    """The document of a person: references, subjects with the basis, and relations; ready for JSON."""
    person = get_person(session, person_id)
    references = (
        select(Reference.id, Gallery.name)
        .join(Gallery, Gallery.id == Reference.gallery_id)
        .where(Reference.person_id == person_id, Gallery.removed_at.is_(None))
        .order_by(Reference.id)
    )
    subjects = (
        select(Attribution, Subject.referral_id)
        .join(Subject, Subject.id == Attribution.subject_id)
        .where(Attribution.person_id == person_id, Attribution.ended_at.is_(None))
        .order_by(Attribution.id)
    )
    return {
        "id": public("person", person.id),
        "name": person.name,
        "note": person.note,
        "references": [
            {"id": public("reference", number), "gallery": gallery} for number, gallery in session.execute(references)
        ],
        "subjects": [
            {
                "id": public("subject", attribution.subject_id),
                "referral": public("referral", referral_id),
                "basis": attribution.basis,
                "identified": attribution.conclusion_id is not None,
            }
            for attribution, referral_id in session.execute(subjects)
        ],
        "related": [
            {"id": public("person", other), "relation": relation}
            for other, relation in relations_of(session, person_id).items()
        ],
    }


def _log(session: Session, actor: Actor, action: str, attribution: Attribution) -> None:
    ledger.record(
        session,
        actor=actor,
        action=action,
        target=public("subject", attribution.subject_id),
        person=public("person", attribution.person_id),
    )
