"""What must hold before somebody concludes: something open to examine, the claim of it, and a candidate of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import leases
from engine.records.actors import Actor
from engine.records.errors import NotFound, NotYours, Refused, WrongTransition
from engine.records.faces.subjects import get_subject, subjects_of
from engine.records.ids import public
from engine.records.intake.referrals import get_referral
from engine.records.intake.states import CLOSED
from engine.records.review.standing import ABOUT_A_CANDIDATE
from engine.records.schema import Candidate, Conclusion, Referral, Search, Subject
from engine.records.words import ConclusionKind, LeaseKind, ReferralState


def subject_to_examine(session: Session, subject_id: int) -> Subject:
    """The subject, unless it was merged into another; raises NotFound and Refused."""
    subject = get_subject(session, subject_id)
    if subject.merged_into_id is not None:
        raise Refused(
            f"{public('subject', subject_id)} was merged into {public('subject', subject.merged_into_id)}.",
            "Examine that one instead.",
        )
    return subject


def referral_to_examine(session: Session, referral_id: int) -> Referral:
    """A referral that is examined as a whole, since nobody was found in it; raises NotFound and Refused."""
    referral = get_referral(session, referral_id)
    if subjects_of(session, referral):
        raise Refused(f"{public('referral', referral_id)} has subjects.", "Examine each of them.")
    return referral


def require_open(referral: Referral) -> None:
    """Raise WrongTransition for a referral that nobody may conclude about in its state."""
    if referral.state in CLOSED | {ReferralState.ON_HOLD}:
        name = public("referral", referral.id)
        raise WrongTransition(
            f"{name} is {_words(referral.state)}, so nothing can be concluded about it.",
            f"See what happened to it: triage referral explain {name}",
        )


def require_claim(session: Session, resource: str, examiner: Actor) -> None:
    """Raise NotYours unless the examiner holds the claim of a subject or referral, by its public id, at this moment."""
    if leases.holder_of(session, LeaseKind.REVIEW, resource) != examiner.name:
        raise NotYours(f"You hold no claim on {resource}, or it has ended.", "Claim it again, look, then conclude.")


def candidate_for(
    session: Session, subject: Subject | None, kind: ConclusionKind, candidate_id: int | None
) -> Candidate | None:
    """The candidate a conclusion speaks of: of the subject's current list, or one concluded on before.

    None for a kind that speaks about the subject alone. Raises Refused and NotFound.
    """
    if kind not in ABOUT_A_CANDIDATE:
        if candidate_id is not None:
            raise Refused(f"A conclusion of {_words(kind)} is about no candidate.", "Leave the candidate out.")
        return None
    if subject is None or candidate_id is None:
        raise Refused(f"A conclusion of {_words(kind)} needs a candidate.", "Choose one of the subject's list.")
    candidate = session.get(Candidate, candidate_id)
    search = None if candidate is None else session.get(Search, candidate.search_id)
    name = public("candidate", candidate_id)
    where = f"See its candidates: triage referral show {public('referral', subject.referral_id)}"
    if search is None or search.subject_id != subject.id:
        raise NotFound(f"{name} is no candidate of {public('subject', subject.id)}.", where)
    if search.superseded_by_id is not None and not _concluded_on(session, subject.id, candidate_id):
        raise Refused(f"{name} is on an earlier list of {public('subject', subject.id)}.", where)
    return candidate


def _concluded_on(session: Session, subject_id: int, candidate_id: int) -> bool:
    query = select(Conclusion.id).where(Conclusion.subject_id == subject_id, Conclusion.candidate_id == candidate_id)
    return session.scalar(query.limit(1)) is not None


def _words(word: ConclusionKind | ReferralState) -> str:
    return word.value.replace("_", " ")
