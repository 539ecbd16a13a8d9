"""`triage search`: a person looks up one face of a picture, under a permit for the desk, and gets candidates."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.models import mark_of
from engine.records import ids
from engine.records.actors import Actor
from engine.records.faces.spaces import get_space
from engine.records.intake import cases
from engine.records.people import galleries
from engine.records.people.examiners import EXAMINERS
from engine.records.schema import Candidate, Gallery, Person, Reference, Search, Subject, now
from engine.records.searching import grants
from engine.records.searching.grants import PermitGrant
from engine.records.searching.searches import SearchRecord, candidates_of, record_search
from engine.records.words import Channel, SubjectRole
from engine.search.candidates import Proposal, Surroundings
from engine.search.probes import Quality, probe_of_picture
from engine.search.rarity import Rarity, words
from jobs.errors import BadInput
from jobs.look import Looked, Unusable, look_at, quality_of
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.types import AnalysedFace


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at the desk: of which galleries (names; none: all that a permit covers), for which case, and why.

    face: which face of the picture, counted from 1 in the order of `triage detect`; none takes the largest.
    """

    purpose: str
    galleries: tuple[str, ...] = ()
    case: str | None = None
    top: int | None = None
    face: int | None = None


def search_picture(bench: Workbench, path: Path, question: Question, *, actor: Actor) -> dict[str, Any]:
    """Search with a face of a picture; the answer as `triage search --json` prints it, the search recorded.

    Raises Refused for a user whose role examines nobody, BadInput for a picture without a usable face, NoPermit, and
    NotFound for a gallery or case. Role and permit are asked for before the picture is looked at. The picture is not
    kept: only a keyed hash of it is.
    """
    actor.require_role(*EXAMINERS, doing="search for people")
    with bench.records.database.read() as session:
        case_id = None if question.case is None else cases.case_named(session, question.case).id
        grant = _grant(session, question, case_id)
    looked = _usable(look_at(bench, path))
    face = _chosen(looked, question.face)
    space, started, top = bench.space, now(), question.top or bench.settings.search.top
    measured = face.quality
    quality = Quality(measured.eye_distance, measured.sharpness, measured.yaw, looked.captured_at)
    probe = probe_of_picture(space, face.vector, quality)
    around = Surroundings(case_ids=() if case_id is None else (case_id,))
    with bench.records.database.read() as session:
        proposal = bench.searcher.propose(session, space, probe, grant, around, top=top)
    record = SearchRecord(
        grant=grant,
        channel=Channel.DESK,
        role=SubjectRole.UNKNOWN,
        purpose=question.purpose,
        space_id=space.id,
        probe={
            "picture": bench.records.vault.address_of(looked.data),
            "box": [float(value) for value in face.detection.box],
            "quality": quality_of(face.quality),
        },
        top=top,
        exact=proposal.exact,
        scopes=proposal.scopes,
        eligible_owners=proposal.eligible_owners,
        excluded_owners=proposal.excluded_owners,
        started_at=started,
        run_by=bench.holder,
        case_ids=() if case_id is None else (case_id,),
        detector=bench.pipeline.detector_identity,
    )
    with bench.records.database.write() as session:
        search = record_search(session, record, proposal.candidates, actor=actor)
        return _document(session, search, proposal, len(looked.analysis.faces))


def _grant(session: Session, question: Question, case_id: int | None) -> PermitGrant:
    case_ids = () if case_id is None else (case_id,)
    if not question.galleries:
        return grants.all_covered(session, channel=Channel.DESK, role=SubjectRole.UNKNOWN, case_ids=case_ids)
    asked = [galleries.get_gallery(session, name).id for name in question.galleries]
    return grants.require(
        session,
        channel=Channel.DESK,
        role=SubjectRole.UNKNOWN,
        galleries=asked,
        material=case_id is not None,
        case_ids=case_ids,
    )


def _usable(looked: Looked | Unusable) -> Looked:
    if isinstance(looked, Unusable):
        raise BadInput(f"{looked.path}: {looked.reason}.", "Search with another picture of the person.")
    if not looked.analysis.faces:
        raise BadInput(f"No face was found in {looked.path}.", "Cut the face out with some border, or take another.")
    return looked


def _chosen(looked: Looked, number: int | None) -> "AnalysedFace":
    faces = looked.analysis.faces
    if number is None:
        return max(faces, key=lambda face: face.quality.eye_distance)
    if not 1 <= number <= len(faces):
        raise BadInput(f"{looked.path} shows {len(faces)} faces; there is no face {number}.", "See: triage detect")
    return faces[number - 1]


def _document(session: Session, search: Search, proposal: Proposal, faces: int) -> dict[str, Any]:
    space = get_space(session, search.space_id)
    return {
        "search": ids.public("search", search.id),
        "space": search.space_id,
        "model": space.model,
        "model_caution": mark_of(space.description),
        "exact": search.exact,
        "scanned": search.scanned,
        "eligible": search.eligible,
        "faces_in_picture": faces,
        "notices": list(proposal.notices),
        "candidates": [_candidate(session, candidate) for candidate in candidates_of(session, search)],
    }


def _candidate(session: Session, candidate: Candidate) -> dict[str, Any]:
    rarity = Rarity(candidate.rarity, candidate.rarity_low, candidate.rarity_high, candidate.rarity_basis)
    return {
        "rank": candidate.rank,
        "candidate": ids.public("candidate", candidate.id),
        **(_reference(session, candidate.reference_id) if candidate.reference_id else _link(session, candidate)),
        "score": candidate.score,
        "rarity": words(rarity),
        "face": ids.public("face", candidate.face_id),
        "cautions": candidate.cautions,
    }


def _reference(session: Session, reference_id: int) -> dict[str, Any]:
    query = (
        select(Person.name, Gallery.name)
        .join(Reference, Reference.person_id == Person.id)
        .join(Gallery, Gallery.id == Reference.gallery_id)
        .where(Reference.id == reference_id)
    )
    person, gallery = session.execute(query).one()
    return {"reference": ids.public("reference", reference_id), "person": person, "gallery": gallery}


def _link(session: Session, candidate: Candidate) -> dict[str, Any]:
    """A candidate of the unit's own material: who it is, is not known yet."""
    subject = session.get_one(Subject, candidate.linked_subject_id)
    return {
        "reference": None,
        "person": None,
        "gallery": None,
        "subject": ids.public("subject", subject.id),
        "referral": ids.public("referral", subject.referral_id),
    }
