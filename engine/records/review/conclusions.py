"""Conclusions: what examiners hold, written once and never changed.

An examiner holds the claim of what they conclude about. Two examiners, never one twice, make an identification.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import exhibits, ledger
from engine.records.custody.vault import Vault
from engine.records.errors import NotFound, NotYours, Refused, SameExaminer
from engine.records.faces.faces import best, faces_of_subject
from engine.records.faces.subjects import get_subject, members_of
from engine.records.ids import public, public_or_none
from engine.records.people.examiners import require_examiner
from engine.records.review import exclusions, grounds, identification, looking, outcome
from engine.records.review.in_force import is_in_force
from engine.records.review.standing import Opinion, Owner, fold, in_force, verdicts
from engine.records.schema import Candidate, Conclusion, Face, Reference, ReferenceFace, Referral, Subject
from engine.records.searching.searches import current_search
from engine.records.words import ConclusionKind


def conclude(
    session: Session,
    vault: Vault,
    *,
    subject_id: int | None = None,
    referral_id: int | None = None,
    kind: ConclusionKind,
    examiner: Actor,
    candidate_id: int | None = None,
    note: str | None = None,
    rendering: Mapping[str, Any],
    least_eye_pixels: float = 0,
) -> Conclusion:
    """Record what an examiner holds about a subject, or about a referral in which nobody was found.

    It supersedes what the same examiner held about the same person before, freezes an exhibit, and brings standing,
    attributions and state of the referral in step. Raises NotYours without the claim or the right to examine,
    SameExaminer for identifying the same person again, WrongTransition for a referral that is not open, NotFound and
    Refused for a candidate that is not the subject's. least_eye_pixels: between the eyes of both faces as shown, for
    `identified`; Refused below it.
    """
    if kind is ConclusionKind.RETRACTED or (subject_id is None) == (referral_id is None):
        raise ValueError("a conclusion is about a subject or about a referral; it is taken back with undo()")
    examiner_id = require_examiner(session, examiner, "conclude")
    looking.require_looked(kind, rendering, least_eye_pixels)
    subject = None if subject_id is None else grounds.subject_to_examine(session, subject_id)
    if subject is None:
        referral = grounds.referral_to_examine(session, referral_id or 0)
    else:
        referral = session.get_one(Referral, subject.referral_id)
    grounds.require_open(referral)
    grounds.require_claim(session, _about(referral, subject), examiner)
    candidate = grounds.candidate_for(session, subject, kind, candidate_id)
    owner = None if candidate is None else _owner(session, candidate)
    opinions = _opinions(session, referral, subject)
    _somebody_else(opinions, examiner_id, kind, owner)
    search = None if subject is None else current_search(session, subject.id)
    conclusion = Conclusion(
        unit_id=referral.unit_id,
        referral_id=referral.id,
        subject_id=subject_id,
        kind=kind,
        examiner_id=examiner_id,
        candidate_id=candidate_id,
        reference_id=None if candidate is None else candidate.reference_id,
        linked_subject_id=None if candidate is None else candidate.linked_subject_id,
        search_id=None if search is None else search.id,
        note=note,
        supersedes_id=_own_earlier(opinions, examiner_id, owner),
        exhibit_id=_exhibit(session, vault, referral, subject, candidate, rendering),
    )
    session.add(conclusion)
    session.flush()
    if candidate is not None and subject is not None and kind is ConclusionKind.EXCLUDED:
        probes = members_of(session, [subject.id])[subject.id]
        exclusions.exclude(session, conclusion, probes, _faces_of_owner(session, candidate))
    _follow(session, conclusion, examiner)
    return conclusion


def undo(session: Session, conclusion_id: int, examiner: Actor) -> Conclusion:
    """Take one's own conclusion back, by one that supersedes it.

    Raises NotYours for another examiner's, Refused for one that is not in force, NotFound and WrongTransition.
    """
    examiner_id = require_examiner(session, examiner, "undo a conclusion")
    undone = get_conclusion(session, conclusion_id)
    name = public("conclusion", conclusion_id)
    if undone.examiner_id != examiner_id:
        raise NotYours(f"{name} is another examiner's conclusion.", "Conclude yourself, or ask them to take it back.")
    if session.scalar(select(Conclusion.id).where(Conclusion.id == conclusion_id, is_in_force())) is None:
        raise Refused(
            f"{name} is not in force any more.", f"See what is: triage referral show {_referral(undone.referral_id)}"
        )
    grounds.require_open(session.get_one(Referral, undone.referral_id))
    conclusion = Conclusion(
        unit_id=undone.unit_id,
        referral_id=undone.referral_id,
        subject_id=undone.subject_id,
        kind=ConclusionKind.RETRACTED,
        examiner_id=examiner_id,
        candidate_id=undone.candidate_id,
        reference_id=undone.reference_id,
        linked_subject_id=undone.linked_subject_id,
        supersedes_id=undone.id,
    )
    session.add(conclusion)
    session.flush()
    _follow(session, conclusion, examiner)
    return conclusion


def get_conclusion(session: Session, conclusion_id: int) -> Conclusion:
    """The conclusion with this number; raises NotFound."""
    conclusion = session.get(Conclusion, conclusion_id)
    if conclusion is None:
        raise NotFound(
            f"There is no conclusion {public('conclusion', conclusion_id)}.",
            "See a referral's: triage referral show ID",
        )
    return conclusion


def conclusions_of(session: Session, referral_id: int) -> list[Conclusion]:
    """All that was concluded about a referral and its subjects, oldest first, what was superseded too."""
    query = select(Conclusion).where(Conclusion.referral_id == referral_id).order_by(Conclusion.id)
    return list(session.scalars(query))


def _about(referral: Referral, subject: Subject | None) -> str:
    return _referral(referral.id) if subject is None else public("subject", subject.id)


def _referral(referral_id: int) -> str:
    return public("referral", referral_id)


def _opinions(session: Session, referral: Referral, subject: Subject | None) -> list[Opinion]:
    if subject is None:
        return outcome.opinions_without_subject(session, referral.id)
    return outcome.opinions_of(session, [subject.id])[subject.id]


def _owner(session: Session, candidate: Candidate) -> Owner | None:
    person = None
    if candidate.reference_id is not None:
        person = session.get_one(Reference, candidate.reference_id).person_id
    return outcome.owner_of(person, candidate.linked_subject_id)


def _somebody_else(opinions: Sequence[Opinion], examiner_id: int, kind: ConclusionKind, owner: Owner | None) -> None:
    """One examiner's word counts once, whichever of a person's candidates it is given on."""
    held = verdicts(opinions).get(examiner_id)
    if held is not None and kind is ConclusionKind.IDENTIFIED and (held.kind, held.owner) == (kind, owner):
        raise SameExaminer(
            f"You have identified this person already, in {public('conclusion', held.id)}.",
            "A second examiner must look now; to change your mind, conclude otherwise or undo yours.",
        )


def _own_earlier(opinions: Sequence[Opinion], examiner_id: int, owner: Owner | None) -> int | None:
    """What the examiner holds about the same person, or about the subject alone, and the new conclusion ends."""
    own = [one.id for one in in_force(opinions) if one.examiner == examiner_id and one.owner == owner]
    return own[-1] if own else None


def _exhibit(
    session: Session,
    vault: Vault,
    referral: Referral,
    subject: Subject | None,
    candidate: Candidate | None,
    rendering: Mapping[str, Any],
) -> int:
    probe = None if subject is None else best(faces_of_subject(session, subject.id))
    face = None
    if candidate is not None:
        face = session.get_one(Face, candidate.face_id)
        probe = probe if candidate.probe_face_id is None else session.get_one(Face, candidate.probe_face_id)
    return exhibits.freeze(session, vault, referral.unit_id, probe, face, rendering).id


def _faces_of_owner(session: Session, candidate: Candidate) -> set[int]:
    if candidate.linked_subject_id is not None:
        return members_of(session, [candidate.linked_subject_id])[candidate.linked_subject_id]
    query = select(ReferenceFace.face_id).where(ReferenceFace.reference_id == candidate.reference_id)
    return set(session.scalars(query))


def _follow(session: Session, conclusion: Conclusion, examiner: Actor) -> None:
    """What follows from every conclusion: its ledger event, attributions, standing and the referral's state."""
    referral = session.get_one(Referral, conclusion.referral_id)
    subject = None if conclusion.subject_id is None else get_subject(session, conclusion.subject_id)
    ledger.record(
        session,
        actor=examiner,
        action="conclusion.made",
        target=public("conclusion", conclusion.id),
        about=_about(referral, subject),
        kind=conclusion.kind.value,
        candidate=public_or_none("candidate", conclusion.candidate_id),
        supersedes=public_or_none("conclusion", conclusion.supersedes_id),
        exhibit=public_or_none("exhibit", conclusion.exhibit_id),
    )
    if subject is not None:
        standing = fold(_opinions(session, referral, subject))
        identification.keep_in_step(session, subject, standing, conclusion, actor=examiner)
    outcome.settle(session, referral, actor=examiner)
