"""A subject's current search and candidates as a document: what was searched, how completely, and who was proposed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.models import mark_of
from engine.records.faces.spaces import space_at_work
from engine.records.ids import public, public_or_none
from engine.records.schema import Candidate, Gallery, Person, Reference, Search, Space, Subject
from engine.records.scopes import Scope
from engine.records.searching.searches import current_search, scopes_of


def candidate_list(session: Session, subject_id: int, *, hide_scores: bool, hide_names: bool) -> dict[str, Any]:
    """The current `search` of a subject (null before its first) and its `candidates`, best first; ready for JSON."""
    search = current_search(session, subject_id)
    if search is None:
        return {"search": None, "candidates": []}
    return {
        "search": _search(session, search),
        "candidates": _candidates(session, search, hide_scores=hide_scores, hide_names=hide_names),
    }


def _search(session: Session, search: Search) -> dict[str, Any]:
    scopes = scopes_of(session, search)
    space = session.get_one(Space, search.space_id)
    return {
        "id": public("search", search.id),
        "permits": sorted({public("permit", scope.permit_id) for scope in scopes}),
        "purpose": search.purpose,
        "space": search.space_id,
        "model": space.model,
        "model_caution": mark_of(space.description),
        "earlier_model": _earlier_model(session, space),
        "exact": search.exact,
        "scanned": search.scanned,
        "eligible": search.eligible,
        "eligible_owners": search.eligible_owners,
        "excluded_owners": search.excluded_owners,
        "top": search.top,
        "run_by": search.run_by,
        "started_at": search.started_at.isoformat(),
        "ended_at": None if search.ended_at is None else search.ended_at.isoformat(),
        "scopes": [
            {
                "scope": Scope(scope.gallery_id).name,
                "permit": public("permit", scope.permit_id),
                "scanned": scope.scanned,
                "eligible": scope.eligible,
                "snapshot": scope.snapshot,
                "seen_row": scope.seen_row,
            }
            for scope in scopes
        ],
    }


def _earlier_model(session: Session, space: Space) -> str | None:
    """Words on a list whose model is no longer at work; none where it is."""
    at_work = space_at_work(session)
    if at_work is None or at_work.id == space.id:
        return None
    return f"found with {space.model}, before {at_work.model} was put to work"


def _candidates(session: Session, search: Search, *, hide_scores: bool, hide_names: bool) -> list[dict[str, Any]]:
    query = (
        select(Candidate, Person.id, Person.name, Gallery.name, Subject.referral_id)
        .outerjoin(Reference, Reference.id == Candidate.reference_id)
        .outerjoin(Person, Person.id == Reference.person_id)
        .outerjoin(Gallery, Gallery.id == Reference.gallery_id)
        .outerjoin(Subject, Subject.id == Candidate.linked_subject_id)
        .where(Candidate.search_id == search.id)
        .order_by(Candidate.rank)
    )
    return [
        {
            "id": public("candidate", candidate.id),
            "rank": candidate.rank,
            "reference": public_or_none("reference", candidate.reference_id),
            "person": public_or_none("person", person_id),
            "name": None if hide_names else name,
            "gallery": gallery,
            "subject": public_or_none("subject", candidate.linked_subject_id),
            "referral": public_or_none("referral", referral_id),
            "face": public("face", candidate.face_id),
            "probe_face": public_or_none("face", candidate.probe_face_id),
            "cautions": candidate.cautions,
            "score": None if hide_scores else candidate.score,
            "rarity": None if hide_scores or candidate.rarity is None else _rarity(candidate),
        }
        for candidate, person_id, name, gallery, referral_id in session.execute(query)
    ]


def _rarity(candidate: Candidate) -> dict[str, Any]:
    return {
        "share": candidate.rarity,
        "low": candidate.rarity_low,
        "high": candidate.rarity_high,
        "basis": candidate.rarity_basis,
    }
