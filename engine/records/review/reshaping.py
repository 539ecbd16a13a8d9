"""How people correct the grouping: they split, merge and form subjects, and say what each is in the report."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.records import leases
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import Claimed, Refused
from engine.records.faces import findable
from engine.records.faces.faces import faces_of_referral
from engine.records.faces.subjects import get_subject, members_of, new_subject, set_members, subjects_of
from engine.records.ids import public
from engine.records.people.examiners import require_examiner
from engine.records.review.grounds import require_open
from engine.records.review.in_force import is_in_force
from engine.records.review.outcome import settle
from engine.records.schema import Conclusion, Exhibit, Referral, Subject
from engine.records.searching import outdated
from engine.records.words import LeaseKind, SubjectRole


def split(session: Session, subject: Subject, face_ids: Collection[int], *, actor: Actor) -> Subject:
    """Move some of a subject's faces to a new subject, which is open; raises Refused and Claimed.

    The faces that a standing conclusion was made on stay with the subject it is about.
    """
    user_id = require_examiner(session, actor, "split a subject")
    subject = _unclaimed(session, subject, actor)
    faces = members_of(session, [subject.id])[subject.id]
    leaving = set(face_ids)
    if not leaving or not leaving < faces:
        raise Refused(
            f"Only some of the faces of {_name(subject)} can be split off, and no others.",
            "Choose at least one of its faces and leave at least one.",
        )
    cited = leaving & _concluded_on(session, subject)
    if cited:
        raise Refused(
            f"{_names(cited)} is what a conclusion about {_name(subject)} was made on; it stays with it.",
            "Split the other faces off, or have the conclusion undone first.",
        )
    new = new_subject(session, session.get_one(Referral, subject.referral_id), user_id)
    subject.shaped_by_id = user_id
    set_members(session, subject, faces - leaving)
    set_members(session, new, leaving)
    outdated.mark(session, [subject.id], f"{public('subject', new.id)} was split off it")
    outdated.mark(session, [new.id], f"it was split off {_name(subject)}")
    _finish(session, subject, leaving, actor, "subject.split", into=public("subject", new.id), faces=len(leaving))
    return new


def merge(session: Session, subject: Subject, into: Subject, *, actor: Actor) -> Subject:
    """Give a subject's faces to another of the same referral; the first stays as history. Raises Refused and Claimed.

    A subject that carries a conclusion, or is the candidate of one, is not merged: one person's word would then stand
    for faces that nobody else has compared.
    """
    user_id = require_examiner(session, actor, "merge subjects")
    subject, into = _unclaimed(session, subject, actor), _unclaimed(session, into, actor)
    if subject.id == into.id or subject.referral_id != into.referral_id:
        raise Refused(
            f"{_name(subject)} and {_name(into)} are not two subjects of one referral.",
            "Subjects of two referrals become one person when two examiners identify one as the other: triage console",
        )
    for one in (subject, into):
        _no_conclusion(session, one)
    faces = members_of(session, [subject.id, into.id])
    subject.merged_into_id, subject.shaped_by_id, into.shaped_by_id = into.id, user_id, user_id
    set_members(session, into, faces[into.id] | faces[subject.id])
    outdated.mark(session, [into.id], f"{_name(subject)} was merged into it")
    _finish(session, subject, faces[subject.id], actor, "subject.merged", into=public("subject", into.id))
    return into


def form(session: Session, referral: Referral, face_ids: Collection[int], *, actor: Actor) -> Subject:
    """Make a subject of faces that no subject has yet, such as those marked by hand; raises Refused."""
    user_id = require_examiner(session, actor, "form a subject")
    referral = session.get_one(Referral, referral.id)
    require_open(referral)
    known = {face.id for face in faces_of_referral(session, referral.id)}
    taken: set[int] = set().union(*members_of(session, [one.id for one in subjects_of(session, referral)]).values())
    faces = set(face_ids)
    if not faces or not faces <= known - taken:
        raise Refused(
            f"A new subject of {public('referral', referral.id)} takes faces of it that no other subject has.",
            "Split the faces off the subject they are in.",
        )
    subject = new_subject(session, referral, user_id)
    set_members(session, subject, faces)
    outdated.mark(session, [subject.id], "it was formed by hand")
    _finish(session, subject, faces, actor, "subject.formed", faces=len(faces))
    return subject


def set_role(session: Session, subject: Subject, role: SubjectRole, *, actor: Actor) -> None:
    """Say what a subject is in the report; from then on no machine changes the group."""
    user_id = require_examiner(session, actor, "say a subject's role")
    subject = _living(session, subject)
    before = subject.role
    subject.role, subject.shaped_by_id = role, user_id
    if role is not before:
        outdated.mark(session, [subject.id], f"its role is {role.value} now, and was {before.value}")
    ledger.record(
        session, actor=actor, action="subject.role", target=_name(subject), before=before.value, after=role.value
    )


def _unclaimed(session: Session, subject: Subject, actor: Actor) -> Subject:
    """The subject, as long as it was not merged away and nobody else is looking at it."""
    subject = _living(session, subject)
    holder = leases.holder_of(session, LeaseKind.REVIEW, _name(subject))
    if holder not in (None, actor.name):
        raise Claimed(f"{_name(subject)} is being examined by {holder}.", "Wait until it is released.")
    return subject


def _living(session: Session, subject: Subject) -> Subject:
    """The subject in this session, as long as it was not merged away and its referral is still worked on."""
    subject = get_subject(session, subject.id)
    if subject.merged_into_id is not None:
        raise Refused(
            f"{_name(subject)} was merged into {public('subject', subject.merged_into_id)}.",
            "Work on that one instead.",
        )
    require_open(session.get_one(Referral, subject.referral_id))
    return subject


def _no_conclusion(session: Session, subject: Subject) -> None:
    about = or_(Conclusion.subject_id == subject.id, Conclusion.linked_subject_id == subject.id)
    held = session.scalar(select(Conclusion.id).where(about, is_in_force()).limit(1))
    if held is not None:
        raise Refused(
            f"{_name(subject)} carries the conclusion {public('conclusion', held)} and cannot be merged.",
            "Conclude about each subject by itself, or have the conclusion undone first.",
        )


def _concluded_on(session: Session, subject: Subject) -> set[int]:
    """The faces that conclusions in force compared: as the probe, or as the candidate of another subject."""
    probes = select(Exhibit.probe_face_id).where(Conclusion.subject_id == subject.id)
    linked = select(Exhibit.face_id).where(Conclusion.linked_subject_id == subject.id)
    found: set[int] = set()
    for query in (probes, linked):
        query = query.join(Conclusion, Conclusion.exhibit_id == Exhibit.id).where(is_in_force())
        found.update(face_id for face_id in session.scalars(query) if face_id is not None)
    return found


def _finish(
    session: Session, subject: Subject, moved: Collection[int], actor: Actor, action: str, **details: str | int
) -> None:
    findable.sync(session, moved)
    ledger.record(session, actor=actor, action=action, target=_name(subject), **details)
    settle(session, session.get_one(Referral, subject.referral_id), actor=actor)


def _name(subject: Subject) -> str:
    return public("subject", subject.id)


def _names(face_ids: Collection[int]) -> str:
    return ", ".join(public("face", face_id) for face_id in sorted(face_ids))
