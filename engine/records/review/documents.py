"""The document of a referral, as `triage referral show` prints it and scripts read it: everything in it is JSON."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records import leases
from engine.records.faces.faces import faces_of_referral
from engine.records.faces.subjects import members_of, subjects_of
from engine.records.ids import public, public_or_none
from engine.records.intake import report
from engine.records.intake.cases import cases_of
from engine.records.intake.recognised import Recognised, recognised
from engine.records.intake.referral_media import ReferralFile, media_of
from engine.records.intake.referrals import get_referral
from engine.records.intake.report import KnownFact
from engine.records.people import persons
from engine.records.review import checklist, outcome
from engine.records.review.conclusions import conclusions_of
from engine.records.review.standing import Standing, fold, in_force
from engine.records.review.viewing import Viewer
from engine.records.schema import Conclusion, Exhibit, Face, Person, Referral, ReportOriginal, Subject, User
from engine.records.searching.candidate_lists import candidate_list
from engine.records.searching.links import links_to
from engine.records.searching.recalled import recalls_of
from engine.records.words import LeaseKind


def show(session: Session, referral_id: int, viewer: Viewer) -> dict[str, Any]:
    """A referral with its files, faces, subjects, candidates and conclusions, as much as the viewer may see.

    Ids are public ids, moments ISO 8601 in UTC, boxes and landmarks pixels of the upright picture. What is hidden from
    the viewer is null: texts and names, scores, and the conclusions of others on a subject that may wait for this
    examiner. Raises NotFound.
    """
    referral = get_referral(session, referral_id)
    subjects = subjects_of(session, referral)
    opinions = outcome.opinions_of(session, [subject.id for subject in subjects])
    standings = {subject_id: fold(about) for subject_id, about in opinions.items()}
    files = media_of(session, referral_id)
    known = recognised(session, [file.media.id for file in files])
    held = {one.id for about in opinions.values() for one in in_force(about)}
    held |= {one.id for one in in_force(outcome.opinions_without_subject(session, referral_id))}
    return {
        **_referral(referral, viewer),
        "cases": [{"id": public("case", case.id), "name": case.name} for case in cases_of(session, referral_id)],
        "facts": [_fact(fact) for fact in report.facts_of(session, referral_id)] if viewer.sees_content else None,
        "originals": [_original(one, viewer) for one in report.originals_of(session, referral_id)],
        "media": [_media(file, known.get(file.media.id), viewer) for file in files],
        "faces": [_face(face) for face in faces_of_referral(session, referral_id)],
        "subjects": [_subject(session, subject, standings[subject.id], viewer) for subject in subjects],
        "conclusions": [
            _conclusion(
                conclusion,
                examiner,
                conclusion.id in held,
                _blind(conclusion, standings, viewer),
                _checklist(session, conclusion),
            )
            for conclusion, examiner in _examined(session, referral_id)
        ],
        "scores_hidden": not viewer.sees_scores,
    }


def _referral(referral: Referral, viewer: Viewer) -> dict[str, Any]:
    return {
        "id": public("referral", referral.id),
        "state": referral.state.value,
        "state_since": referral.state_since.isoformat(),
        "reason": referral.reason,
        "source": referral.source,
        "report_number": referral.report_number,
        "version": referral.version,
        "duplicate_of": public_or_none("referral", referral.duplicate_of_id),
        "lane": referral.lane.value,
        "priority": referral.priority,
        "received_at": referral.received_at.isoformat(),
        "ready_at": None if referral.ready_at is None else referral.ready_at.isoformat(),
        "narrative": referral.narrative if viewer.sees_content else None,
    }


def _fact(fact: KnownFact) -> dict[str, Any]:
    return {
        "kind": fact.kind,
        "label": fact.label,
        "value": fact.value,
        "path": fact.path,
        "media": public_or_none("media", fact.media_id),
        "version": fact.version,
    }


def _original(one: ReportOriginal, viewer: Viewer) -> dict[str, Any]:
    return {
        "name": one.name if viewer.sees_content else None,
        "sha256": one.sha256,
        "size": one.size,
        "version": one.version,
    }


def _media(file: ReferralFile, known: Recognised | None, viewer: Viewer) -> dict[str, Any]:
    media = file.media
    return {
        "id": public("media", media.id),
        "name": file.name,
        "version": file.version,
        "kind": media.kind.value,
        "format": media.format,
        "width": media.width,
        "height": media.height,
        "captured_at": None if media.captured_at is None else media.captured_at.isoformat(),
        "duration_ms": media.duration_ms,
        "watched_ms": media.watched_ms,
        "size": media.size,
        "sha256": media.sha256,
        "finding": media.finding.value,
        "finding_reason": media.finding_reason,
        "detector": media.detector,
        "passes": media.passes,
        "known": None if known is None else _known(known, viewer),
    }


def _known(known: Recognised, viewer: Viewer) -> dict[str, Any]:
    """What is known of a file; its faces are looked for and searched all the same."""
    return {
        "lists": [
            {
                "list": one.name,
                "meaning": one.meaning.value,
                "source": one.source,
                "by": one.by.value,
                "weak": one.weak,
                "distance": one.distance,
                "series": one.series if viewer.sees_content else None,
            }
            for one in known.lists
        ],
        "viral_since": None if known.viral_since is None else known.viral_since.isoformat(),
        "looks_like": [
            {
                "media": public("media", one.media_id),
                "distance": one.distance,
                "referrals": [public("referral", number) for number in one.referrals],
            }
            for one in known.alike
        ],
        "words": known.words if viewer.sees_content else [],
    }


def _face(face: Face) -> dict[str, Any]:
    return {
        "id": public("face", face.id),
        "media": public("media", face.media_id),
        "origin": face.origin.value,
        "time_ms": face.time_ms,
        "box": face.box,
        "landmarks": face.landmarks,
        "detection_score": face.score,
        "quality": {
            "eye_distance": face.eye_distance,
            "sharpness": face.sharpness,
            "brightness": face.brightness,
            "contrast": face.contrast,
            "yaw": face.yaw,
            "pitch": face.pitch,
            "roll": face.roll,
        },
    }


def _subject(session: Session, subject: Subject, standing: Standing, viewer: Viewer) -> dict[str, Any]:
    name = public("subject", subject.id)
    hide_scores = not viewer.sees_scores or viewer.is_blind_to(standing)
    return {
        "id": name,
        "role": subject.role.value,
        "standing": standing.standing.value,
        "faces": [public("face", face_id) for face_id in sorted(members_of(session, [subject.id])[subject.id])],
        "shaped_by": public_or_none("user", subject.shaped_by_id),
        "person": _person(session, subject.id, viewer),
        "claimed_by": leases.holder_of(session, LeaseKind.REVIEW, name),
        "not_searched": subject.not_searched,
        "recalls": [
            {"since": one.since.isoformat(), "reason": one.reason, "answered": one.answered}
            for one in recalls_of(session, [subject.id])[subject.id]
        ],
        "outdated": subject.outdated,
        "candidate_of": links_to(session, subject.id),
        **candidate_list(session, subject.id, hide_scores=hide_scores, hide_names=not viewer.sees_content),
    }


def _person(session: Session, subject_id: int, viewer: Viewer) -> dict[str, Any] | None:
    attribution = persons.attribution_of(session, subject_id)
    if attribution is None:
        return None
    person = session.get_one(Person, attribution.person_id)
    return {
        "id": public("person", person.id),
        "name": person.name if viewer.sees_content else None,
        "identified": attribution.conclusion_id is not None,
        "basis": attribution.basis,
    }


def _examined(session: Session, referral_id: int) -> list[tuple[Conclusion, User]]:
    users = {user.id: user for user in session.scalars(select(User))}
    return [(conclusion, users[conclusion.examiner_id]) for conclusion in conclusions_of(session, referral_id)]


def _blind(conclusion: Conclusion, standings: dict[int, Standing], viewer: Viewer) -> bool:
    standing = standings.get(conclusion.subject_id or 0)
    return standing is not None and conclusion.examiner_id != viewer.user_id and viewer.is_blind_to(standing)


def _checklist(session: Session, conclusion: Conclusion) -> dict[str, str]:
    if conclusion.exhibit_id is None:
        return {}
    return checklist.of_rendering(session.get_one(Exhibit, conclusion.exhibit_id).rendering)


def _conclusion(
    conclusion: Conclusion, examiner: User, in_force: bool, blind: bool, filled: dict[str, str]
) -> dict[str, Any]:
    return {
        "id": public("conclusion", conclusion.id),
        "subject": public_or_none("subject", conclusion.subject_id),
        "examiner": {"id": public("user", examiner.id), "name": examiner.name, "display": examiner.display},
        "made_at": conclusion.made_at.isoformat(),
        "in_force": in_force,
        "supersedes": public_or_none("conclusion", conclusion.supersedes_id),
        "hidden": blind,
        "kind": None if blind else conclusion.kind.value,
        "candidate": None if blind else public_or_none("candidate", conclusion.candidate_id),
        "reference": None if blind else public_or_none("reference", conclusion.reference_id),
        "linked_subject": None if blind else public_or_none("subject", conclusion.linked_subject_id),
        "note": None if blind else conclusion.note,
        "exhibit": None if blind else public_or_none("exhibit", conclusion.exhibit_id),
        "checklist": None if blind else filled,
    }
