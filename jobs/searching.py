"""The automatic search of one subject: under a permit or not at all, and then saying why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.records.errors import NoPermit
from engine.records.faces import subjects
from engine.records.intake import cases
from engine.records.schema import Permit, Subject, now
from engine.records.searching import permits
from engine.records.searching.permits import PermitGrant
from engine.records.searching.searches import SearchRecord, record_search
from engine.records.words import Channel, SubjectRole
from engine.search.candidates import Proposal, Surroundings
from engine.search.probes import Probe, probe_of_faces
from jobs.workbench import Workbench

_NO_VECTOR = "No face of it can be compared in the space at work; compare by eye."


@dataclass(frozen=True, slots=True)
class _Authority:
    """What lets a search run: the grant, the case it is for where it needs one, and the permit's purpose."""

    grant: PermitGrant
    case_id: int | None
    purpose: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search found, for which faces, under which authority, how many it was asked for, and when it began."""

    authority: _Authority
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


def _search(bench: Workbench, subject_id: int) -> None:
    found = _propose(bench, subject_id)
    if found is None:
        _note(bench, subject_id, _NO_VECTOR)
    else:
        _record(bench, subject_id, found)


def _propose(bench: Workbench, subject_id: int) -> _Found | None:
    """What a search under the permit in force finds; None where no face can be compared. Raises NoPermit."""
    space, top, started = bench.space, bench.settings.search.top, now()
    with bench.records.database.read() as session:
        subject = subjects.get_subject(session, subject_id)
        case_ids = tuple(case.id for case in cases.cases_of(session, subject.referral_id))
        authority = _authority(session, subject.role, case_ids)
        members = subjects.members_of(session, [subject_id])[subject_id]
        probe = probe_of_faces(session, space, members)
        if probe is None:
            return None
        around = Surroundings(subject.referral_id, case_ids)
        proposal = bench.searcher.propose(session, space, probe, authority.grant, around, top=top)
    return _Found(authority, probe, proposal, top, started)


def _record(bench: Workbench, subject_id: int, found: _Found) -> None:
    """Make what was found the subject's current list; raises NoPermit where the permit no longer covers it."""
    authority, proposal = found.authority, found.proposal
    with bench.records.database.write() as session:
        subject = subjects.get_subject(session, subject_id)
        record = SearchRecord(
            grant=authority.grant,
            channel=Channel.INTAKE,
            role=subject.role,
            purpose=authority.purpose,
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
            case_id=authority.case_id,
            detector=bench.pipeline.detector_identity,
        )
        record_search(session, record, proposal.candidates, actor=bench.actor)
        subject.not_searched = None


def _authority(session: Session, role: SubjectRole, case_ids: tuple[int, ...]) -> _Authority:
    """The permit of one of the referral's cases, or a standing one of the intake; raises NoPermit."""
    for case_id in (*case_ids, None):
        try:
            grant = permits.galleries_covered(session, channel=Channel.INTAKE, role=role, case_id=case_id)
        except NoPermit:
            if case_id is None:
                raise
        else:
            return _Authority(grant, case_id, session.get_one(Permit, grant.permit_id).purpose)
    raise AssertionError("the standing permit is always asked for last")


def _note(bench: Workbench, subject_id: int, reason: str) -> None:
    with bench.records.database.write() as session:
        session.get_one(Subject, subject_id).not_searched = reason
