"""Who is back because of later material: the recalls that people were shown, as the queue and documents read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.records.portions import portions
from engine.records.schema import Conclusion, Recall, Subject
from engine.records.words import RecallState


@dataclass(frozen=True, slots=True)
class Shown:
    """A recall that people were shown: since when, and why in words. answered: somebody has concluded on it since."""

    since: datetime
    reason: str
    answered: bool


def concluded_before(session: Session, subject_ids: Collection[int]) -> dict[int, int]:
    """For each subject that was brought back, the last conclusion that was made without what brought it back."""
    found: dict[int, int] = {}
    for some in portions(subject_ids):
        query = (
            select(Recall.subject_id, func.max(Recall.after_conclusion_id))
            .where(Recall.subject_id.in_(some), Recall.state == RecallState.SHOWN)
            .group_by(Recall.subject_id)
        )
        found.update((subject, last) for subject, last in session.execute(query) if last is not None)
    return found


def recalls_of(session: Session, subject_ids: Collection[int]) -> dict[int, list[Shown]]:
    """The shown recalls of each of the subjects, oldest first."""
    found: dict[int, list[Shown]] = {subject_id: [] for subject_id in subject_ids}
    for some in portions(subject_ids):
        concluded = select(Conclusion.subject_id, func.max(Conclusion.id)).where(Conclusion.subject_id.in_(some))
        last = {row[0]: row[1] for row in session.execute(concluded.group_by(Conclusion.subject_id))}
        query = select(Recall).where(Recall.subject_id.in_(some), Recall.state == RecallState.SHOWN)
        for recall in session.scalars(query.order_by(Recall.id)):
            answered = (last.get(recall.subject_id) or 0) > (recall.after_conclusion_id or 0)
            found[recall.subject_id].append(
                Shown(recall.settled_at or recall.proposed_at, recall.reason or "", answered)
            )
    return found


def unanswered(session: Session, referral_ids: Collection[int]) -> dict[int, Shown]:
    """For each referral with a subject that is back and that nobody has concluded on since, the latest such recall."""
    subjects: dict[int, int] = {}
    for some in portions(referral_ids):
        query = (
            select(Subject.id, Subject.referral_id)
            .join(Recall, Recall.subject_id == Subject.id)
            .where(Subject.referral_id.in_(some), Subject.merged_into_id.is_(None), Recall.state == RecallState.SHOWN)
        )
        subjects.update((subject, referral) for subject, referral in session.execute(query))
    found: dict[int, Shown] = {}
    for subject_id, recalls in recalls_of(session, subjects).items():
        for recall in recalls:
            known = found.get(subjects[subject_id])
            if not recall.answered and (known is None or known.since < recall.since):
                found[subjects[subject_id]] = recall
    return found
