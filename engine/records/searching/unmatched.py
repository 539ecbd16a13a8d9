"""The unmatched subjects: those whom nobody has identified, and whom later material may therefore show.

A subject is unmatched while all of this holds:

- it was not merged into another one, and its referral was not withdrawn, erased, or found to be a duplicate;
- it stands open, awaits a second examiner, is disagreed on, or has "no match": nobody is settled on. "Inconclusive"
  settles nobody. A subject that two examiners identified, or that was set aside, is not unmatched;
- nobody has recorded a named person for it. An unknown child that is known from several referrals has no name yet.

Whether it may be searched for is another question, which its permit answers.
"""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from engine.records.database import unit_of
from engine.records.intake.states import CLOSED
from engine.records.schema import Attribution, CaseReferral, Person, Referral, Search, Subject
from engine.records.words import SubjectRole, SubjectStanding

STANDINGS = (
    SubjectStanding.OPEN,
    SubjectStanding.AWAITING_SECOND,
    SubjectStanding.DISAGREED,
    SubjectStanding.NO_MATCH,
)


@dataclass(frozen=True, slots=True)
class Unmatched:
    """An unmatched subject. search_id, space_id: its current list and the space of that; none before its first."""

    subject_id: int
    referral_id: int
    role: SubjectRole
    case_ids: tuple[int, ...]
    search_id: int | None
    space_id: str | None


def unmatched(session: Session) -> list[Unmatched]:
    """The unit's unmatched subjects, oldest first."""
    cases: dict[int, list[int]] = defaultdict(list)
    linked = select(CaseReferral.referral_id, CaseReferral.case_id).where(CaseReferral.unlinked_at.is_(None))
    for referral_id, case_id in session.execute(linked.order_by(CaseReferral.id)):
        cases[referral_id].append(case_id)
    current = and_(Search.subject_id == Subject.id, Search.superseded_by_id.is_(None))
    query = (
        select(Subject.id, Subject.referral_id, Subject.role, Search.id, Search.space_id)
        .join(Referral, Referral.id == Subject.referral_id)
        .outerjoin(Search, current)
        .where(Referral.unit_id == unit_of(session), is_unmatched())
        .order_by(Subject.id, Search.id)
    )
    # By subject: should two lists count as current, the later one is meant.
    found = {
        subject: Unmatched(subject, referral, role, tuple(cases.get(referral, ())), search, space)
        for subject, referral, role, search, space in session.execute(query)
    }
    return list(found.values())


def is_unmatched() -> ColumnElement[bool]:
    """The condition on `Subject` joined with its `Referral`."""
    named = (
        exists()
        .where(Attribution.subject_id == Subject.id, Attribution.ended_at.is_(None), Person.id == Attribution.person_id)
        .where(Person.name.is_not(None))
    )
    return and_(
        Subject.merged_into_id.is_(None),
        Subject.standing.in_(STANDINGS),
        Referral.state.not_in(CLOSED),
        ~named,
    )
