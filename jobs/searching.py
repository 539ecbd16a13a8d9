"""The automatic search of one subject: under permits or not at all, and then saying why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.records.errors import NoPermit
from engine.records.faces import subjects
from engine.records.faces.spaces import require_at_work
from engine.records.intake import cases
from engine.records.schema import Permit, Subject, now
from engine.records.searching import grants
from engine.records.searching.grants import PermitGrant
from engine.records.searching.searches import SearchRecord, record_search, require_wanted
from engine.records.words import Channel, SubjectRole
from engine.search.candidates import Proposal, Surroundings
from engine.search.probes import Probe, probe_of_faces
from jobs.workbench import Workbench

_NO_VECTOR = "No face of it can be compared in the space at work; compare by eye."


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What a search of a subject rests on at one moment: its faces and role, the permits and the referral's cases."""

    faces: frozenset[int]
    role: SubjectRole
    grant: PermitGrant
    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search found, for which faces, on which occasion, how many it was asked for, and when it began."""

    occasion: _Occasion
    probe: Probe
    proposal: Proposal
    top: int
    started: datetime


def search_subject(bench: Workbench, subject_id: int) -> None:
    """Search a subject and make the result its current list; where no permit covers it, note that on the subject."""
    try:
        try:
            _search(bench, subject_id)
        except NoPermit:
            # Permit, gallery or role may have changed while the search ran: what holds now decides.
            _search(bench, subject_id)
    except NoPermit as refusal:
        _note(bench, subject_id, refusal.message)


def search_subjects(bench: Workbench, subject_ids: Sequence[int]) -> None:
    """Search some subjects, one after the other."""
    for subject_id in subject_ids:
        search_subject(bench, subject_id)


def _search(bench: Workbench, subject_id: int) -> None:
    found = _propose(bench, subject_id)
    if found is None:
        _note(bench, subject_id, _NO_VECTOR)
    else:
        _record(bench, subject_id, found)


def _propose(bench: Workbench, subject_id: int) -> _Found | None:
    """What a search under the permits in force finds; None where no face can be compared. Raises NoPermit."""
    space, top, started = bench.space, bench.settings.search.top, now()
    with bench.records.database.read() as session:
        subject = subjects.get_subject(session, subject_id)
        occasion = _occasion(session, subject)
        probe = probe_of_faces(session, space, occasion.faces)
        if probe is None:
            return None
        around = Surroundings(subject.referral_id, occasion.case_ids)
        proposal = bench.searcher.propose(session, space, probe, occasion.grant, around, top=top)
    return _Found(occasion, probe, proposal, top, started)


def _record(bench: Workbench, subject_id: int, found: _Found) -> None:
    """Make what was found the subject's current list; raises NoPermit where the permits no longer cover it."""
    grant, proposal = found.occasion.grant, found.proposal
    with bench.records.database.write() as session:
        subject = subjects.get_subject(session, subject_id)
        record = SearchRecord(
            grant=grant,
            channel=Channel.INTAKE,
            role=subject.role,
            purpose=_purpose(session, grant),
            space_id=found.probe.space_id,
            probe={"faces": list(found.probe.faces or ())},
            top=found.top,
            exact=proposal.exact,
            scopes=proposal.scopes,
            eligible_owners=proposal.eligible_owners,
            excluded_owners=proposal.excluded_owners,
            started_at=found.started,
            run_by=bench.holder,
            subject_id=subject_id,
            case_ids=_case_ids(session, subject),
            detector=bench.pipeline.detector_identity,
        )
        # A list of a model that was replaced while the search ran would never be made anew.
        require_at_work(session, found.probe.space_id)
        record_search(session, record, proposal.candidates, actor=bench.actor)
        subject.not_searched = None
        # What changed while the search ran is not in its list, and keeps the subject due.
        if _occasion(session, subject) == found.occasion:
            subject.outdated = None


def _occasion(session: Session, subject: Subject) -> _Occasion:
    """Raises NoPermit where no permit covers anything for the subject now."""
    require_wanted(session, subject.referral_id)
    case_ids = _case_ids(session, subject)
    grant = grants.all_covered(session, channel=Channel.INTAKE, role=subject.role, case_ids=case_ids)
    faces = subjects.members_of(session, [subject.id])[subject.id]
    return _Occasion(frozenset(faces), subject.role, grant, case_ids)


def _case_ids(session: Session, subject: Subject) -> tuple[int, ...]:
    return tuple(case.id for case in cases.cases_of(session, subject.referral_id))


def _purpose(session: Session, grant: PermitGrant) -> str:
    """What the search is for: the purpose of each of its permits."""
    purposes = (session.get_one(Permit, permit_id).purpose for permit_id in grant.permit_ids)
    return "; ".join(dict.fromkeys(purposes))


def _note(bench: Workbench, subject_id: int, reason: str) -> None:
    with bench.records.database.write() as session:
        subject = session.get_one(Subject, subject_id)
        subject.not_searched, subject.outdated = reason, None
