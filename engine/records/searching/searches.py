"""Searches as they ran, and the candidates they proposed; the latest of a subject is its current list."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import IncompleteSearch, NoPermit
from engine.records.faces.spaces import get_space
from engine.records.faces.subjects import get_subject
from engine.records.ids import public, public_or_none
from engine.records.intake.states import CLOSED
from engine.records.schema import Candidate, Reference, Referral, Search, SearchScope, now
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching import grants
from engine.records.searching.grants import PermitGrant
from engine.records.searching.shared_frames import note_shared_firsts
from engine.records.words import Channel, SubjectRole


@dataclass(frozen=True, slots=True)
class ScopeRecord:
    """One collection a search went through: reference faces scanned, of how many eligible, up to which row.

    snapshot: the published index that answered; none where every row was read from the database.
    """

    scope: Scope
    scanned: int
    eligible: int
    seen_row: int
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """A search as it ran.

    subject_id: whose current list it becomes; none for a picture at the desk. case_ids: the cases it is for, some of
    which permits may need. eligible_owners: how many references and
    subjects could have been proposed; excluded_owners: how many of them earlier exclusions left out. probe: face ids of
    the subject, or keyed hash, box and quality of a picture.
    """

    grant: PermitGrant
    channel: Channel
    role: SubjectRole
    purpose: str
    space_id: str
    probe: Mapping[str, Any]
    top: int
    exact: bool
    scopes: Sequence[ScopeRecord]
    eligible_owners: int
    excluded_owners: int
    started_at: datetime
    run_by: str
    subject_id: int | None = None
    case_ids: Collection[int] = ()
    detector: str | None = None


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """One proposal: a reference or a subject of another referral, with the best pair of faces and its score.

    rarity: the share of strangers that score at least as high, with its 95 % interval and on how many pairs it rests;
    none where it is not known.
    """

    face_id: int
    score: float
    reference_id: int | None = None
    linked_subject_id: int | None = None
    probe_face_id: int | None = None
    rarity: float | None = None
    rarity_low: float | None = None
    rarity_high: float | None = None
    rarity_basis: int = 0
    cautions: Sequence[str] = field(default_factory=tuple)


def require_wanted(session: Session, referral_id: int) -> None:
    """Raise NoPermit for a referral that was withdrawn or erased: what was asked for with it is asked no more."""
    referral = session.get_one(Referral, referral_id)
    if referral.state in CLOSED:
        raise NoPermit(
            f"{public('referral', referral_id)} is {referral.state.value}; nobody in it is searched for.",
            f"See what happened to it: triage referral explain {public('referral', referral_id)}",
        )


def record_search(
    session: Session, record: SearchRecord, candidates: Sequence[NewCandidate], *, actor: Actor
) -> Search:
    """Keep a search and its candidates, best first, as the current list of its subject; conclusions stay as they are.

    Raises NoPermit where one of its permits no longer covers it, IncompleteSearch for fewer candidates than there
    should be or faces that were not scanned, NotFound for an unknown space.
    """
    return record_searches(session, [(record, candidates)], actor=actor)[0]


def record_searches(
    session: Session, found: Sequence[tuple[SearchRecord, Sequence[NewCandidate]]], *, actor: Actor
) -> list[Search]:
    """As `record_search` for each of some searches, all of them or none."""
    searches = [_keep(session, record, candidates, actor) for record, candidates in found]
    searched = [record.subject_id for record, _ in found if record.subject_id is not None]
    for referral_id in sorted({get_subject(session, subject_id).referral_id for subject_id in searched}):
        note_shared_firsts(session, referral_id)
    return searches


def _keep(session: Session, record: SearchRecord, candidates: Sequence[NewCandidate], actor: Actor) -> Search:
    grants.check(session, record.grant, channel=record.channel, role=record.role, case_ids=record.case_ids)
    if record.subject_id is not None:
        require_wanted(session, get_subject(session, record.subject_id).referral_id)
    get_space(session, record.space_id)
    _within_grant(session, record, candidates)
    _complete(record, candidates)
    search = Search(
        unit_id=unit_of(session),
        subject_id=record.subject_id,
        permit_id=record.grant.permit_ids[0],
        case_id=min(record.case_ids, default=None),
        requested_by_id=actor.user_id,
        run_by=record.run_by,
        purpose=record.purpose,
        space_id=record.space_id,
        detector=record.detector,
        probe=dict(record.probe),
        top=record.top,
        exact=record.exact,
        scanned=sum(scope.scanned for scope in record.scopes),
        eligible=sum(scope.eligible for scope in record.scopes),
        eligible_owners=record.eligible_owners,
        excluded_owners=record.excluded_owners,
        started_at=record.started_at,
        ended_at=now(),
    )
    earlier = None if record.subject_id is None else current_search(session, record.subject_id)
    session.add(search)
    session.flush()
    if earlier is not None:
        earlier.superseded_by_id = search.id
    session.add_all(_scope_row(search.id, scope, record.grant) for scope in record.scopes)
    if candidates:
        session.execute(insert(Candidate), [_row(search.id, rank, one) for rank, one in enumerate(candidates, start=1)])
    session.flush()
    ledger.record(
        session,
        actor=actor,
        action="search.run",
        target=public("search", search.id),
        subject=public_or_none("subject", record.subject_id),
        permits=[public("permit", number) for number in record.grant.permit_ids],
        space=record.space_id,
        scopes=[scope.scope.name for scope in record.scopes],
        scanned=search.scanned,
        eligible=search.eligible,
        exact=record.exact,
        candidates=len(candidates),
    )
    return search


def current_search(session: Session, subject_id: int) -> Search | None:
    """The search whose candidates are a subject's current list; none before the first."""
    query = select(Search).where(Search.subject_id == subject_id, Search.superseded_by_id.is_(None))
    return session.scalar(query.order_by(Search.id.desc()).limit(1))


def candidates_of(session: Session, search: Search) -> list[Candidate]:
    """The candidates of a search, best first."""
    return list(session.scalars(select(Candidate).where(Candidate.search_id == search.id).order_by(Candidate.rank)))


def current_candidates(session: Session, subject_id: int) -> list[Candidate]:
    """A subject's current list, best first; empty before its first search."""
    search = current_search(session, subject_id)
    return [] if search is None else candidates_of(session, search)


def scopes_of(session: Session, search: Search) -> list[SearchScope]:
    """The collections that a search went through."""
    return list(session.scalars(select(SearchScope).where(SearchScope.search_id == search.id).order_by(SearchScope.id)))


def _within_grant(session: Session, record: SearchRecord, candidates: Sequence[NewCandidate]) -> None:
    """Neither what was searched nor what it proposes may lie outside what was permitted."""
    allowed = record.grant.scopes
    searched = {scope.scope for scope in record.scopes}
    references = {one.reference_id for one in candidates if one.reference_id is not None}
    galleries = select(Reference.gallery_id).where(Reference.id.in_(references)).distinct()
    proposed = {Scope(gallery_id) for gallery_id in session.scalars(galleries)}
    if any(one.linked_subject_id is not None for one in candidates):
        proposed.add(MATERIAL)
    outside = (searched - allowed) | (proposed - searched)
    if outside:
        raise NoPermit(
            f"The search went beyond what {_permits(record.grant)} was asked for: "
            f"{', '.join(sorted(scope.name for scope in outside))}.",
            "Search again; if this comes back it is a fault of the program.",
        )


def _permits(grant: PermitGrant) -> str:
    return ", ".join(public("permit", permit_id) for permit_id in grant.permit_ids)


def _complete(record: SearchRecord, candidates: Sequence[NewCandidate]) -> None:
    """A wrong answer is never silent: neither a face left out nor a candidate."""
    again = "Search again; `triage health` shows whether an index is damaged."
    for scope in record.scopes:
        if scope.scanned > scope.eligible or (record.exact and scope.scanned != scope.eligible):
            raise IncompleteSearch(
                f"The search scanned {scope.scanned} of {scope.eligible} faces in {scope.scope.name}.", again
            )
    owners = [(candidate.reference_id, candidate.linked_subject_id) for candidate in candidates]
    if any((reference is None) == (subject is None) for reference, subject in owners) or len(set(owners)) < len(owners):
        raise IncompleteSearch("Each candidate must be one reference or one subject, and none twice.", again)
    expected = min(record.top, record.eligible_owners - record.excluded_owners)
    if len(candidates) < expected:
        raise IncompleteSearch(
            f"The search proposed {len(candidates)} candidates where there are {expected} to propose.", again
        )


def _scope_row(search_id: int, scope: ScopeRecord, grant: PermitGrant) -> SearchScope:
    return SearchScope(
        search_id=search_id,
        gallery_id=scope.scope.gallery_id,
        permit_id=grant.permit_of(scope.scope),
        snapshot=scope.snapshot,
        seen_row=scope.seen_row,
        scanned=scope.scanned,
        eligible=scope.eligible,
    )


def _row(search_id: int, rank: int, candidate: NewCandidate) -> dict[str, Any]:
    return {
        "search_id": search_id,
        "rank": rank,
        "reference_id": candidate.reference_id,
        "linked_subject_id": candidate.linked_subject_id,
        "probe_face_id": candidate.probe_face_id,
        "face_id": candidate.face_id,
        "score": float(candidate.score),
        "rarity": candidate.rarity,
        "rarity_low": candidate.rarity_low,
        "rarity_high": candidate.rarity_high,
        "rarity_basis": candidate.rarity_basis,
        "cautions": list(candidate.cautions),
    }
