"""Links seen from the other end: in which later referrals a subject was found to be like somebody."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.ids import public
from engine.records.intake.states import CLOSED
from engine.records.schema import Candidate, Referral, Search, Subject

#: A search proposes whoever is most alike, so that without an end everybody would be linked with everybody.
_MOST = 10


def links_to(session: Session, subject_id: int) -> list[dict[str, Any]]:
    """The subjects of other referrals whose current list has this one, the most alike first; ready for JSON."""
    query = (
        select(Candidate, Subject.id, Subject.referral_id)
        .join(Search, Search.id == Candidate.search_id)
        .join(Subject, Subject.id == Search.subject_id)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(
            Candidate.linked_subject_id == subject_id,
            Search.superseded_by_id.is_(None),
            Subject.merged_into_id.is_(None),
            Referral.state.not_in(CLOSED),
        )
        .order_by(Candidate.score.desc(), Candidate.id)
        .limit(_MOST)
    )
    return [
        {
            "subject": public("subject", other_id),
            "referral": public("referral", referral_id),
            "candidate": public("candidate", candidate.id),
            "rank": candidate.rank,
        }
        for candidate, other_id, referral_id in session.execute(query)
    ]
