"""Why a subject is back, in words that say nothing of who is like it or of what anybody has concluded."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.faces.spaces import get_space
from engine.records.portions import portions
from engine.records.schema import Gallery, Recall, Reference, Search, Subject


@dataclass(frozen=True, slots=True)
class Owners:
    """References and subjects, by number."""

    references: frozenset[int]
    subjects: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.references or self.subjects)


def reason_of(session: Session, owners: Owners, recall: Recall, search: Search) -> str:
    """The reason as the queue, the screens and documents show it."""
    baseline = None if recall.baseline_id is None else session.get(Search, recall.baseline_id)
    if baseline is not None and baseline.space_id != search.space_id:
        return f"new model {get_space(session, search.space_id).model} since {_day(recall.proposed_at)}"
    found: Counter[str] = Counter()
    earliest: list[datetime] = []
    for some in portions(owners.references):
        query = select(Gallery.name, Reference.created_at).join(Reference, Reference.gallery_id == Gallery.id)
        for gallery, created_at in session.execute(query.where(Reference.id.in_(some))):
            found[f"in gallery {gallery}"] += 1
            earliest.append(created_at)
    for some in portions(owners.subjects):
        found[""] += len(some)
        earliest += session.scalars(select(Subject.created_at).where(Subject.id.in_(some)))
    words = [_counted(number, where) for where, number in sorted(found.items(), reverse=True)]
    return f"{' and '.join(words)} since {_day(min(earliest))}"


def _counted(number: int, where: str) -> str:
    what = "reference" if where else "referral"
    return f"new {what} {where}".rstrip() if number == 1 else f"{number} new {what}s {where}".rstrip()


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
