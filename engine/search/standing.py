"""The standing search: what has arrived in a collection is held against all unmatched subjects at once.

It proposes what a search of each subject over the arrivals alone would: everybody of whom at least one face is alike
enough to be rare, who is no older than the subject's own search, and was not excluded or listed before.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.errors import NoPermit
from engine.records.faces import findable
from engine.records.faces.findable import RowBlock
from engine.records.portions import portions
from engine.records.review import exclusions
from engine.records.schema import Candidate, Face, Subject
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching import grants
from engine.records.searching.unmatched import Unmatched
from engine.records.words import Channel, SubjectRole
from engine.search import eligibility
from engine.search.alike import SIDE, Side, alike
from engine.search.judging import Judge, bins_of
from engine.search.space import Space

#: An owner: a reference of a gallery, or a subject of the material.
_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Faces of one collection that came after a row, oldest first; `upto` is the last row that was read for them."""

    scope: Scope
    rows: RowBlock
    upto: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """An unmatched subject and an arrival that may show it: the best of their pairs that are rare enough."""

    subject_id: int
    owner_id: int
    face_id: int
    probe_face_id: int
    score: float
    rarity: float | None


def arrivals(session: Session, scope: Scope, space: Space, after: int, limit: int = SIDE) -> Arrivals | None:
    """The next at most `limit` arrivals of a collection that may be proposed; None where none came after the row."""
    block = next(findable.rows(session, scope, space.id, after=after, batch=limit), None)
    return None if block is None else Arrivals(scope, block, int(block.ids[-1]))


def permitted(session: Session, subjects: Collection[Unmatched], scope: Scope) -> tuple[list[Unmatched], set[int]]:
    """Those of the subjects that a permit in force lets be searched for in the scope, and the permits it takes."""
    answers: dict[tuple[SubjectRole, tuple[int, ...]], int | None] = {}
    allowed = []
    for subject in subjects:
        question = (subject.role, subject.case_ids)
        if question not in answers:
            answers[question] = _permit(session, *question, scope)
        if answers[question] is not None:
            allowed.append(subject)
    return allowed, {permit for permit in answers.values() if permit is not None}


def hold_against(
    session: Session, space: Space, subjects: Collection[Unmatched], new: Arrivals, judge: Judge
) -> list[Likeness]:
    """The likenesses of these subjects among the arrivals, at most one for each subject and owner.

    Memory is bounded by SIDE faces of the subjects, however many there are. `subjects` must be permitted.
    """
    by_id = {subject.subject_id: subject for subject in subjects}
    ids = np.fromiter(sorted(by_id), np.int64, len(by_id))
    eligible = _eligible(session, new, subjects)
    if not len(ids) or not eligible.any():
        return []
    rows = _only(new.rows, eligible)
    right = Side(rows.vectors, bins_of(_eyes(session, rows.face_ids)))
    best: dict[_Pair, tuple[float, int, int]] = {}
    for block in findable.rows(session, MATERIAL, space.id, batch=SIDE):
        probes = _only(block, np.isin(block.owner_ids, ids))
        if not len(probes.ids):
            continue
        pairs = alike(space, Side(probes.vectors, bins_of(_eyes(session, probes.face_ids))), right, judge.floors)
        probes, news = _only(probes, pairs.left), _only(rows, pairs.right)
        for place in _acceptable(session, space, by_id, probes, news, new.scope):
            pair = (int(probes.owner_ids[place]), int(news.owner_ids[place]))
            rank = (float(pairs.scores[place]), int(probes.face_ids[place]), int(news.face_ids[place]))
            best[pair] = max(rank, best.get(pair, rank))
    return _new(session, by_id, best, new.scope, judge)


def _permit(session: Session, role: SubjectRole, case_ids: tuple[int, ...], scope: Scope) -> int | None:
    try:
        grant = grants.all_covered(session, channel=Channel.INTAKE, role=role, case_ids=case_ids)
        return grant.permit_of(scope)
    except (NoPermit, KeyError):
        return None


def _eligible(session: Session, new: Arrivals, subjects: Collection[Unmatched]) -> NDArray[np.bool_]:
    """Which arrivals anybody may be proposed, bool [n]: of the material those that links may lead to."""
    if new.scope != MATERIAL:
        return np.ones(len(new.rows.ids), bool)
    cases = sorted({case_id for subject in subjects for case_id in subject.case_ids})
    allowed = eligibility.links(session, None, cases).allows(new.rows.owner_ids)
    return np.ones(len(new.rows.ids), bool) if allowed is None else allowed


def _acceptable(
    session: Session,
    space: Space,
    subjects: dict[int, Unmatched],
    probes: RowBlock,
    news: RowBlock,
    scope: Scope,
) -> NDArray[np.int64]:
    """The places of those pairs that say something new; probes and news are the two sides, row by row.

    The same picture is no likeness: who sent it again is told where it came in. A subject is not told of its own
    referral, nor of what had a row before it had one itself, since its own search went through that.
    """
    kept = probes.face_ids != news.face_ids
    searched = np.array([subjects[int(one)].space_id == space.id for one in probes.owner_ids], bool)
    kept &= ~searched | (news.ids > probes.ids)
    if scope == MATERIAL:
        referrals = _referrals(session, {int(one) for one in np.concatenate([probes.owner_ids, news.owner_ids])})
        own = [referrals[int(one)] == referrals.get(int(other)) for one, other in _owners(probes, news)]
        kept &= ~np.array(own, bool)
    places = np.flatnonzero(kept).astype(np.int64)
    if not len(places):
        return places
    excluded = exclusions.of_probe(session, {int(face) for face in probes.face_ids[places]}).pairs
    faces = zip(probes.face_ids[places].tolist(), news.face_ids[places].tolist(), strict=True)
    allowed: NDArray[np.int64] = places[np.array([pair not in excluded for pair in faces], bool)]
    return allowed


def _new(
    session: Session,
    subjects: dict[int, Unmatched],
    best: dict[_Pair, tuple[float, int, int]],
    scope: Scope,
    judge: Judge,
) -> list[Likeness]:
    """The likenesses that are on no current list, with how rare each is, in the order of subjects and owners."""
    listed = _listed(session, {subjects[subject_id].search_id for subject_id, _ in best}, scope)
    faces = {face for _, probe, other in best.values() for face in (probe, other)}
    eyes = _eyes_of(session, faces)
    return [
        Likeness(subject, owner, face, probe, score, judge.rarity(score, min(eyes[probe], eyes[face])))
        for (subject, owner), (score, probe, face) in sorted(best.items())
        if owner not in listed[subjects[subject].search_id]
    ]


def _listed(session: Session, search_ids: Collection[int | None], scope: Scope) -> dict[int | None, set[int]]:
    """Who of the scope's owners is on each of these lists."""
    owner = Candidate.linked_subject_id if scope == MATERIAL else Candidate.reference_id
    found: dict[int | None, set[int]] = defaultdict(set)
    for some in portions([search_id for search_id in search_ids if search_id is not None]):
        query = select(Candidate.search_id, owner).where(Candidate.search_id.in_(some), owner.is_not(None))
        for search_id, owner_id in session.execute(query):
            found[search_id].add(owner_id or 0)
    return found


def _owners(probes: RowBlock, news: RowBlock) -> list[tuple[int, int]]:
    return list(zip(probes.owner_ids.tolist(), news.owner_ids.tolist(), strict=True))


def _referrals(session: Session, subject_ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in portions(subject_ids):
        query = select(Subject.id, Subject.referral_id).where(Subject.id.in_(some))
        found.update((subject, referral) for subject, referral in session.execute(query))
    return found


def _eyes(session: Session, face_ids: NDArray[np.int64]) -> NDArray[np.float64]:
    known = _eyes_of(session, set(face_ids.tolist()))
    return np.array([known[face] for face in face_ids.tolist()])


def _eyes_of(session: Session, face_ids: Collection[int]) -> dict[int, float]:
    """The pixels between the eyes of each face."""
    found: dict[int, float] = {}
    for some in portions(face_ids):
        query = select(Face.id, Face.eye_distance).where(Face.id.in_(some))
        found.update((face, eyes) for face, eyes in session.execute(query))
    return found


def _only(block: RowBlock, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> RowBlock:
    return RowBlock(block.ids[chosen], block.face_ids[chosen], block.owner_ids[chosen], block.vectors[chosen])
