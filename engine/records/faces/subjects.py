"""The subjects of a referral: the faces of one person each, and how machines group them.

A machine changes only groups that nobody has touched. What people shaped, concluded on, or are looking at stays as it
is, and faces that come later form subjects of their own beside it.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.errors import NotFound
from engine.records.faces import findable
from engine.records.faces.faces import faces_of_referral
from engine.records.ids import public
from engine.records.schema import Candidate, Conclusion, Lease, Referral, Search, Subject, SubjectFace, now
from engine.records.words import LeaseKind


def get_subject(session: Session, subject_id: int) -> Subject:
    """The subject with this number; raises NotFound."""
    subject = session.get(Subject, subject_id)
    if subject is None:
        raise NotFound(
            f"There is no subject {public('subject', subject_id)}.",
            "See a referral's subjects: triage referral show ID",
        )
    return subject


def subjects_of(session: Session, referral: Referral) -> list[Subject]:
    """The subjects of a referral, oldest first, without those that were merged into another."""
    query = select(Subject).where(Subject.referral_id == referral.id, Subject.merged_into_id.is_(None))
    return list(session.scalars(query.order_by(Subject.id)))


def members_of(session: Session, subject_ids: Collection[int]) -> dict[int, set[int]]:
    """The face ids of each of the subjects."""
    members: dict[int, set[int]] = {subject_id: set() for subject_id in subject_ids}
    query = select(SubjectFace.subject_id, SubjectFace.face_id).where(SubjectFace.subject_id.in_(subject_ids))
    for subject_id, face_id in session.execute(query):
        members[subject_id].add(face_id)
    return members


def set_members(session: Session, subject: Subject, face_ids: Collection[int]) -> None:
    """Make these the faces of a subject; `findable.sync` must follow."""
    before = members_of(session, [subject.id])[subject.id]
    leaving = before - set(face_ids)
    session.execute(delete(SubjectFace).where(SubjectFace.subject_id == subject.id, SubjectFace.face_id.in_(leaving)))
    joining = sorted(set(face_ids) - before)
    if joining:
        session.execute(insert(SubjectFace), [{"subject_id": subject.id, "face_id": face} for face in joining])


def new_subject(session: Session, referral: Referral, shaped_by_id: int | None = None) -> Subject:
    """A subject without faces yet."""
    subject = Subject(unit_id=referral.unit_id, referral_id=referral.id, shaped_by_id=shaped_by_id)
    session.add(subject)
    session.flush()
    return subject


def regroup(session: Session, referral: Referral, groups: Sequence[Collection[int]], *, actor: Actor) -> list[Subject]:
    """Group a referral's faces as a machine sees them, and give the subjects that are there then.

    Each group of face ids keeps the untouched subject it shares most faces with, or becomes a new one; faces of
    subjects that people touched are left out. Faces in no group stay where they are. Raises ValueError for a face that
    is in two groups or not in the referral.
    """
    named = _named(groups, {face.id for face in faces_of_referral(session, referral.id)}, referral)
    living = subjects_of(session, referral)
    members = members_of(session, [subject.id for subject in living])
    held = held_by_people(session, living)
    fixed: set[int] = set().union(*(members[subject_id] for subject_id in held))
    free = {subject.id: subject for subject in living if subject.id not in held}
    placed: dict[int, set[int]] = {subject_id: members[subject_id] - named for subject_id in free}
    unclaimed = set(free)
    for group in groups:
        faces = set(group) - fixed
        if not faces:
            continue
        closest = max(unclaimed, key=lambda known: (len(members[known] & faces), -known), default=None)
        if closest is None or not members[closest] & faces:
            subject = new_subject(session, referral)
            free[subject.id] = subject
            placed[subject.id] = faces
        else:
            unclaimed.discard(closest)
            placed[closest] |= faces
    for subject_id, faces in placed.items():
        set_members(session, free[subject_id], faces)
    for subject_id in sorted(unclaimed):
        if not placed[subject_id]:
            _retire(session, free[subject_id], members[subject_id], placed)
    findable.sync(session, named.union(*members.values()))
    subjects = subjects_of(session, referral)
    ledger.record(
        session,
        actor=actor,
        action="referral.grouped",
        target=public("referral", referral.id),
        subjects=len(subjects),
        left_alone=len(held),
    )
    return subjects


def held_by_people(session: Session, subjects: Collection[Subject]) -> set[int]:
    """The ids of those subjects that a person shaped, concluded on, linked to, or has claimed at this moment."""
    held = {subject.id for subject in subjects if subject.shaped_by_id is not None}
    ids = [subject.id for subject in subjects]
    concluded = select(Conclusion.subject_id, Conclusion.linked_subject_id).where(
        or_(Conclusion.subject_id.in_(ids), Conclusion.linked_subject_id.in_(ids))
    )
    for pair in session.execute(concluded):
        held.update(subject_id for subject_id in pair if subject_id in ids)
    claims = {public("subject", subject_id): subject_id for subject_id in ids}
    claimed = select(Lease.resource).where(
        Lease.kind == LeaseKind.REVIEW, Lease.resource.in_(claims), Lease.expires_at > now()
    )
    held.update(claims[resource] for resource in session.scalars(claimed))
    return held


def _named(groups: Sequence[Collection[int]], known: set[int], referral: Referral) -> set[int]:
    named: set[int] = set()
    for group in groups:
        for face_id in group:
            face, where = public("face", face_id), public("referral", referral.id)
            if face_id not in known:
                raise ValueError(f"{face} is no face of {where}")
            if face_id in named:
                raise ValueError(f"{face} of {where} is named twice in the groups")
            named.add(face_id)
    return named


def _retire(session: Session, subject: Subject, had: set[int], placed: dict[int, set[int]]) -> None:
    """A subject that lost all its faces goes; one that searches name stays as merged into where most faces went."""
    heirs = [other for other, faces in placed.items() if faces]
    if not _is_named(session, subject.id):
        session.delete(subject)
    elif heirs:
        subject.merged_into_id = max(heirs, key=lambda other: (len(placed[other] & had), -other))
    session.flush()


def _is_named(session: Session, subject_id: int) -> bool:
    """Whether a search, a candidate or a subject merged into it names the subject."""
    naming = (
        select(Search.id).where(Search.subject_id == subject_id),
        select(Candidate.id).where(Candidate.linked_subject_id == subject_id),
        select(Subject.id).where(Subject.merged_into_id == subject_id),
    )
    return any(session.scalar(query.limit(1)) is not None for query in naming)
