"""What rests on a referral: what people concluded from it, who is known through it, and what went out of the house."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.ids import public, public_or_none
from engine.records.intake import cases
from engine.records.intake.duplicates import duplicates_of
from engine.records.review.in_force import is_in_force
from engine.records.schema import (
    Attribution,
    Candidate,
    Conclusion,
    Export,
    Face,
    Reference,
    ReferenceFace,
    ReferralMedia,
    Search,
    Subject,
)


def dependents(session: Session, referral_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that rests on a referral at this moment, by kind and with public ids; kinds without any are empty.

    conclusions: in force, about it and its subjects. identifications: people whom its subjects are recorded as. links:
    subjects of other referrals that have one of its subjects on their list, or in a conclusion in force. enrolled:
    references with a face from one of its files. exports: when it was given out, and to whom. cases, duplicates: as
    they are.
    """
    subjects = select(Subject.id).where(Subject.referral_id == referral_id)
    return {
        "conclusions": [
            {
                "id": public("conclusion", one.id),
                "subject": public_or_none("subject", one.subject_id),
                "kind": one.kind.value,
                "by": public("user", one.examiner_id),
            }
            for one in session.scalars(
                select(Conclusion).where(Conclusion.referral_id == referral_id, is_in_force()).order_by(Conclusion.id)
            )
        ],
        "identifications": [
            {"subject": public("subject", one.subject_id), "person": public("person", one.person_id)}
            for one in session.scalars(
                select(Attribution)
                .where(Attribution.subject_id.in_(subjects), Attribution.ended_at.is_(None))
                .order_by(Attribution.id)
            )
        ],
        "links": _links(session, referral_id),
        "enrolled": _enrolled(session, referral_id),
        "exports": [
            {"at": one.exported_at, "by": public("user", one.exported_by_id), "recipient": one.recipient}
            for one in session.scalars(select(Export).where(Export.referral_id == referral_id).order_by(Export.id))
        ],
        "cases": [{"id": public("case", one.id)} for one in cases.cases_of(session, referral_id)],
        "duplicates": [{"id": public("referral", one.id)} for one in duplicates_of(session, referral_id)],
    }


def _links(session: Session, referral_id: int) -> list[dict[str, Any]]:
    listed = (
        select(Search.subject_id, Candidate.linked_subject_id)
        .join(Candidate, Candidate.search_id == Search.id)
        .where(Search.superseded_by_id.is_(None))
    )
    concluded = select(Conclusion.subject_id, Conclusion.linked_subject_id).where(is_in_force())
    found: dict[tuple[int, int], set[str]] = {}
    for what, query in (("candidate", listed), ("conclusion", concluded)):
        linked = Candidate.linked_subject_id if what == "candidate" else Conclusion.linked_subject_id
        mine = select(Subject.id).where(Subject.referral_id == referral_id)
        for theirs, ours in session.execute(query.where(linked.in_(mine))):
            if theirs is not None and ours is not None:
                found.setdefault((theirs, ours), set()).add(what)
    others = dict(
        session.execute(
            select(Subject.id, Subject.referral_id).where(
                Subject.id.in_({theirs for theirs, _ in found}), Subject.referral_id != referral_id
            )
        ).all()
    )
    return [
        {
            "referral": public("referral", others[theirs]),
            "subject": public("subject", theirs),
            "to": public("subject", ours),
            "as": sorted(what),
        }
        for (theirs, ours), what in sorted(found.items())
        if theirs in others
    ]


def _enrolled(session: Session, referral_id: int) -> list[dict[str, Any]]:
    media = select(ReferralMedia.media_id).where(ReferralMedia.referral_id == referral_id)
    query = (
        select(Reference, Face.id)
        .join(ReferenceFace, ReferenceFace.reference_id == Reference.id)
        .join(Face, Face.id == ReferenceFace.face_id)
        .where(Face.media_id.in_(media))
        .order_by(Reference.id, Face.id)
    )
    return [
        {
            "reference": public("reference", one.id),
            "gallery": public("gallery", one.gallery_id),
            "person": public("person", one.person_id),
            "face": public("face", face_id),
        }
        for one, face_id in session.execute(query)
    ]
