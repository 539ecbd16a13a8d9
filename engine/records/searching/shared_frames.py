"""Two people of one picture whose searches put the same person first: one of the two must be wrong, and both say so."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.records.faces.watching import tracks_of_faces
from engine.records.portions import portions
from engine.records.schema import Attribution, Candidate, Face, Reference, Search, Subject, SubjectFace

SHARED_FRAME = "also first for somebody else in the same picture"


@dataclass(frozen=True, slots=True)
class _First:
    """The first candidate of a subject's current list, with its cautions, and who it is as far as is known."""

    subject_id: int
    candidate_id: int
    cautions: tuple[str, ...]
    person: tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Sight:
    """A file in which somebody is seen, and from when to when, in milliseconds; 0 in a still picture."""

    media_id: int
    first_ms: int
    last_ms: int


def note_shared_firsts(session: Session, referral_id: int) -> None:
    """Say with the first candidates of a referral's subjects which of them are shared within a frame, and which not.

    Only first candidates count: further down a list the same people stand below everybody.
    """
    firsts = _firsts(session, referral_id)
    shared = _shared(session, firsts)
    for first in firsts:
        others = [caution for caution in first.cautions if caution != SHARED_FRAME]
        wanted = [*others, SHARED_FRAME] if first.subject_id in shared else others
        if wanted != list(first.cautions):
            session.execute(update(Candidate).where(Candidate.id == first.candidate_id).values(cautions=wanted))


def _firsts(session: Session, referral_id: int) -> list[_First]:
    person = func.coalesce(Reference.person_id, Attribution.person_id)
    query = (
        select(Subject.id, Candidate.id, Candidate.cautions, person, Candidate.linked_subject_id)
        .join(Search, Search.id == Candidate.search_id)
        .join(Subject, Subject.id == Search.subject_id)
        .outerjoin(Reference, Reference.id == Candidate.reference_id)
        .outerjoin(
            Attribution, (Attribution.subject_id == Candidate.linked_subject_id) & Attribution.ended_at.is_(None)
        )
        .where(
            Subject.referral_id == referral_id,
            Subject.merged_into_id.is_(None),
            Search.superseded_by_id.is_(None),
            Candidate.rank == 1,
        )
    )
    return [
        _First(subject, candidate, tuple(cautions), ("subject", linked) if person is None else ("person", person))
        for subject, candidate, cautions, person, linked in session.execute(query)
    ]


def _shared(session: Session, firsts: Sequence[_First]) -> set[int]:
    """The subjects that share their first candidate with somebody who is in sight at the same moment."""
    by_person = defaultdict(set)
    for first in firsts:
        by_person[first.person].add(first.subject_id)
    rivals = [subjects for subjects in by_person.values() if len(subjects) > 1]
    seen = _sights(session, set().union(*rivals))
    return {
        subject
        for subjects in rivals
        for pair in combinations(subjects, 2)
        if _together(seen[pair[0]], seen[pair[1]])
        for subject in pair
    }


def _sights(session: Session, subject_ids: Collection[int]) -> Mapping[int, list[_Sight]]:
    """Where and when the subjects are seen: at the moment of each face, or for as long as its track lasts."""
    found: list[tuple[int, int, int, int | None]] = []
    for some in portions(subject_ids):
        query = select(SubjectFace.subject_id, Face.id, Face.media_id, Face.time_ms).join(
            Face, Face.id == SubjectFace.face_id
        )
        rows = session.execute(query.where(SubjectFace.subject_id.in_(some)))
        found += [(subject, face, media, moment) for subject, face, media, moment in rows]
    tracks = tracks_of_faces(session, [face for _, face, _, moment in found if moment is not None])
    sights = defaultdict(list)
    for subject, face, media, moment in found:
        track = tracks.get(face)
        first, last = (moment or 0, moment or 0) if track is None else (track.first_ms, track.last_ms)
        sights[subject].append(_Sight(media, first, last))
    return sights


def _together(some: Iterable[_Sight], others: Sequence[_Sight]) -> bool:
    return any(
        one.media_id == other.media_id and one.first_ms <= other.last_ms and other.first_ms <= one.last_ms
        for one in some
        for other in others
    )
