"""Reads what the screens show, through the records' own functions, and hides what its viewer must not learn.

Nothing is written here, and nothing is claimed: that is `examining`.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from console.candidates import shown_candidates
from console.cli.output import age
from console.deciding import VERDICTS, Own
from console.views import QueuePage, ShownCandidate, ShownFace, ShownReferral, ShownSubject
from console.widgets.referral_table import ReferralRow
from console.words import CONCLUSIONS, back_words, date_words, finding_words, quality_words, standing_words, state_words
from engine.records.faces.faces import faces_of_subject
from engine.records.faces.subjects import get_subject, subjects_of
from engine.records.ids import public
from engine.records.intake import referrals
from engine.records.intake.referral_media import ReferralFile, media_of
from engine.records.people import galleries, users
from engine.records.review import checklist, conclusions, desk, outcome
from engine.records.review.desk import Shelf
from engine.records.review.standing import ABOUT_A_CANDIDATE, Opinion, fold, in_force
from engine.records.review.viewing import Viewer
from engine.records.schema import Conclusion, Exhibit, Face, Media, Subject, User
from engine.records.searching import recalled
from engine.records.searching.candidate_lists import candidate_list
from engine.records.words import ConclusionKind, ReferralState, SubjectStanding

_NEEDS_ANYBODY = frozenset({ReferralState.READY, ReferralState.IN_REVIEW})


def queue_page(session: Session, user: User, shelf: Shelf, limit: int, offset: int) -> QueuePage:
    """A stretch of a shelf of the queue, with how many referrals are on it."""
    names = {f"user:{known.id}": known.display for known in users.list_users(session, revoked=True)}
    rows = desk.queue(session, user, limit, offset, shelf=shelf)
    back = recalled.unanswered(session, [row.referral_id for row in rows])
    shown = tuple(
        ReferralRow(
            referral_id=row.referral_id,
            id=row.id,
            state=back_words(back[row.referral_id].reason)
            if row.referral_id in back and row.state is ReferralState.READY
            else state_words(row.state, waits_for_me=row.waits_for_me),
            age=age(row.received_at),
            media=row.media,
            subjects=row.subjects,
            case=row.case or "",
            holder=names.get(row.held_by or "", ""),
            source=row.source,
            needs_me=row.waits_for_me or row.state is ReferralState.READY,
        )
        for row in rows
    )
    return QueuePage(shown, offset, desk.queue_length(session, user, shelf=shelf))


def queue_counts(session: Session, user: User) -> dict[Shelf, int]:
    """How many referrals are on each shelf that one works off."""
    return {shelf: desk.queue_length(session, user, shelf=shelf) for shelf in (Shelf.READY, Shelf.SECOND)}


def referral(session: Session, referral_id: int, viewer: Viewer) -> ShownReferral:
    """A referral with its findings and subjects; raises NotFound."""
    found = referrals.get_referral(session, referral_id)
    subjects = subjects_of(session, found)
    opinions = outcome.opinions_of(session, [subject.id for subject in subjects])
    files = media_of(session, referral_id)
    made = conclusions.conclusions_of(session, referral_id)
    whole = outcome.opinions_without_subject(session, referral_id)
    own = _own(session, made, whole, viewer, {})
    shown = tuple(_subject(session, subject, opinions[subject.id], made, files, viewer) for subject in subjects)
    unsettled = found.state in _NEEDS_ANYBODY and not any(one.kind in VERDICTS for one in own)
    return ShownReferral(
        referral_id=referral_id,
        id=public("referral", referral_id),
        source=found.source,
        state=state_words(found.state, waits_for_me=any(subject.blind for subject in shown)),
        needs_me=any(subject.needs_me for subject in shown) if shown else unsettled,
        findings=tuple(_finding(file) for file in files),
        subjects=shown,
        own=own,
    )


def faces_of_candidate(session: Session, candidate: ShownCandidate) -> tuple[ShownFace, ...]:
    """The faces that a candidate is known by, the one that was most alike first."""
    if candidate.reference_id is not None:
        found = galleries.faces_of_reference(session, candidate.reference_id)
    else:
        linked = get_subject(session, candidate.linked_subject_id or 0)
        names = _names(media_of(session, linked.referral_id))
        found = [(face, names[face.media_id]) for face in faces_of_subject(session, linked.id)]
    return _ordered(session, found, candidate.face_id)


def _subject(
    session: Session,
    subject: Subject,
    opinions: Sequence[Opinion],
    made: Sequence[Conclusion],
    files: Sequence[ReferralFile],
    viewer: Viewer,
) -> ShownSubject:
    standing = fold(opinions)
    blind = viewer.is_blind_to(standing)
    judged = any(one.kind in VERDICTS for one in _held(opinions, viewer))
    ranked = viewer.sees_scores_of(standing, judged=judged)
    document = candidate_list(session, subject.id, hide_scores=not ranked, hide_names=not viewer.sees_content)
    candidates = shown_candidates(
        session, document["candidates"], ranked=ranked, shuffle=f"{subject.id}:{viewer.user_id}"
    )
    names_of_candidates = {candidate.candidate_id: candidate.name for candidate in candidates}
    own = _own(session, made, opinions, viewer, names_of_candidates)
    held = {one.candidate_id: one.kind for one in own}
    search = document["search"]
    names = _names(files)
    faces = [(face, names[face.media_id]) for face in faces_of_subject(session, subject.id)]
    largest = max(faces, key=lambda known: known[0].eye_distance)[0].id if faces else None
    return ShownSubject(
        subject_id=subject.id,
        id=public("subject", subject.id),
        role=subject.role.value,
        standing=standing_words(standing.standing, blind=blind),
        needs_me=blind or standing.standing is SubjectStanding.OPEN,
        blind=blind,
        ranked=ranked,
        faces=_ordered(session, faces, largest),
        candidates=tuple(_marked(candidate, held.get(candidate.candidate_id)) for candidate in candidates),
        searched=(*_searched(search, subject), *_back(session, subject.id)),
        search_id=None if search is None else search["id"],
        space=None if search is None else search["space"],
        model="" if search is None else search["model_caution"],
        own=own,
    )


def _own(
    session: Session,
    made: Sequence[Conclusion],
    opinions: Sequence[Opinion],
    viewer: Viewer,
    names: Mapping[int, str],
) -> tuple[Own, ...]:
    """What the viewer holds now, the latest last; not what was said before later material brought the subject back."""
    held = {one.id for one in _held(opinions, viewer)}
    return tuple(
        Own(one.id, one.kind, one.candidate_id, _conclusion_words(one, names), _checked(session, one))
        for one in made
        if one.id in held
    )


def _held(opinions: Sequence[Opinion], viewer: Viewer) -> list[Opinion]:
    return [one for one in in_force(opinions) if one.examiner == viewer.user_id and not one.overtaken]


def _checked(session: Session, conclusion: Conclusion) -> str:
    exhibit = None if conclusion.exhibit_id is None else session.get_one(Exhibit, conclusion.exhibit_id)
    return "" if exhibit is None else checklist.summary(checklist.of_rendering(exhibit.rendering))


def _conclusion_words(conclusion: Conclusion, names: Mapping[int, str]) -> str:
    words = CONCLUSIONS[conclusion.kind]
    if conclusion.kind not in ABOUT_A_CANDIDATE:
        return words
    name = names.get(conclusion.candidate_id or 0, "somebody on an earlier list")
    return f"{words} as {name}" if conclusion.kind is ConclusionKind.IDENTIFIED else f"{words}: {name}"


def _marked(candidate: ShownCandidate, held: ConclusionKind | None) -> ShownCandidate:
    return candidate if held is None else candidate.concluded(f"{CONCLUSIONS[held]} by you")


def _ordered(session: Session, faces: Sequence[tuple[Face, str]], first: int | None) -> tuple[ShownFace, ...]:
    """The faces with one of them first, each once."""
    unique = {face.id: (face, name) for face, name in faces}
    order = sorted(unique.values(), key=lambda known: known[0].id != first)
    return tuple(_face(session, face, name) for face, name in order)


def _face(session: Session, face: Face, name: str) -> ShownFace:
    media = session.get_one(Media, face.media_id)
    # Without its folders: what is left tells most where there is little room.
    return ShownFace(
        face.id, PurePosixPath(name).name or name, f"{quality_words(face)}\n{date_words(media.captured_at)}"
    )


def _names(files: Sequence[ReferralFile]) -> dict[int, str]:
    """The name of each file, by its media."""
    return {file.media.id: file.name for file in reversed(files)}


def _finding(file: ReferralFile) -> str:
    media = file.media
    return finding_words(file.name, media.finding, media.finding_reason, media.passes)


def _back(session: Session, subject_id: int) -> list[str]:
    """Why later material brought a subject back, until somebody has concluded on it; nothing for any other."""
    recalls = [one for one in recalled.recalls_of(session, [subject_id])[subject_id] if not one.answered]
    return [f"back: {recalls[-1].reason}"] if recalls else []


def _searched(search: Mapping[str, object] | None, subject: Subject) -> list[str]:
    """How completely a subject was searched, or why it was not, and why that does not hold any more."""
    told = []
    if search is not None:
        how = "" if search["exact"] else ", approximately"
        told.append(f"{search['scanned']:,} of {search['eligible']:,} faces searched{how}")
    if subject.outdated is not None:
        told.append(f"not current, being made anew: {subject.outdated}")
    elif subject.not_searched is not None:
        told.append(subject.not_searched if search is None else f"not current, stays as it was: {subject.not_searched}")
    elif search is None:
        told.append("not searched yet")
    elif search["earlier_model"]:
        told.append(str(search["earlier_model"]))
    return told
