"""The automatic search of subjects: under permits or not at all, and then saying why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
from engine.records.searching.searches import SearchRecord, record_searches, require_wanted
from engine.records.words import Channel, SubjectRole
from engine.search.candidates import Proposal, Surroundings
from engine.search.probes import Probe, probes_of_faces
from jobs.workbench import Workbench

#: Subjects that are searched at once and whose lists are kept in one write.
_TOGETHER = 32
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
    """What a search found, for which faces, on which occasion."""

    subject_id: int
    occasion: _Occasion
    probe: Probe
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class _Looked:
    """What searches of some subjects found, how many candidates each was asked for, and when they began.

    refused: why some were not searched, by subject.
    """

    found: tuple[_Found, ...]
    refused: Mapping[int, str]
    top: int
    started: datetime


def search_subject(bench: Workbench, subject_id: int) -> None:
    """Search a subject and make the result its current list; where no permit covers it, note that on the subject."""
    search_subjects(bench, [subject_id])


def search_subjects(bench: Workbench, subject_ids: Sequence[int], *, lasting: bool = True) -> None:
    """As `search_subject` for each of some subjects of one referral, many at a time.

    lasting: whether the results must outlast a power cut from then on; see `Database.write`.
    """
    for first in range(0, len(subject_ids), _TOGETHER):
        some = subject_ids[first : first + _TOGETHER]
        try:
            _keep(bench, _look(bench, some), lasting=lasting)
        except NoPermit:
            # Permit, gallery or role may have changed while the search ran: what holds now decides, for each of them.
            for subject_id in some:
                _search_again(bench, subject_id, lasting=lasting)


def _search_again(bench: Workbench, subject_id: int, *, lasting: bool) -> None:
    try:
        _keep(bench, _look(bench, [subject_id]), lasting=lasting)
    except NoPermit as refusal:
        with bench.records.database.write(lasting=lasting) as session:
            _note(session, subject_id, refusal.message)


def _look(bench: Workbench, subject_ids: Sequence[int]) -> _Looked:
    """What searches under the permits in force find."""
    space, top, started = bench.space, bench.settings.search.top, now()
    refused: dict[int, str] = {}
    places: dict[tuple[PermitGrant, Surroundings], list[tuple[int, _Occasion, Probe]]] = defaultdict(list)
    with bench.records.database.read() as session:
        occasions: dict[int, _Occasion] = {}
        for subject_id in subject_ids:
            try:
                occasions[subject_id] = _occasion(session, subjects.get_subject(session, subject_id))
            except NoPermit as refusal:
                refused[subject_id] = refusal.message
        probes = probes_of_faces(session, space, [occasion.faces for occasion in occasions.values()])
        for (subject_id, occasion), probe in zip(occasions.items(), probes, strict=True):
            if probe is None:
                refused[subject_id] = _NO_VECTOR
            else:
                around = Surroundings(subjects.get_subject(session, subject_id).referral_id, occasion.case_ids)
                places[occasion.grant, around].append((subject_id, occasion, probe))
        found: list[_Found] = []
        for (grant, around), those in places.items():
            proposals = bench.searcher.propose_each(session, space, [one[2] for one in those], grant, around, top=top)
            found += [_Found(*one, proposal) for one, proposal in zip(those, proposals, strict=True)]
    return _Looked(tuple(found), refused, top, started)


def _keep(bench: Workbench, looked: _Looked, *, lasting: bool) -> None:
    """Make what was found each subject's current list; raises NoPermit where the permits no longer cover it."""
    with bench.records.database.write(lasting=lasting) as session:
        for found in looked.found:
            # A list of a model that was replaced while the search ran would never be made anew.
            require_at_work(session, found.probe.space_id)
        records = [(_record(bench, session, one, looked), one.proposal.candidates) for one in looked.found]
        record_searches(session, records, actor=bench.actor)
        for found in looked.found:
            subject = subjects.get_subject(session, found.subject_id)
            subject.not_searched = None
            # What changed while the search ran is not in its list, and keeps the subject due.
            if _occasion(session, subject) == found.occasion:
                subject.outdated = None
        for subject_id, reason in looked.refused.items():
            _note(session, subject_id, reason)


def _record(bench: Workbench, session: Session, found: _Found, looked: _Looked) -> SearchRecord:
    subject = subjects.get_subject(session, found.subject_id)
    grant, proposal = found.occasion.grant, found.proposal
    return SearchRecord(
        grant=grant,
        channel=Channel.INTAKE,
        role=subject.role,
        purpose=_purpose(session, grant),
        space_id=found.probe.space_id,
        probe={"faces": list(found.probe.faces or ())},
        top=looked.top,
        exact=proposal.exact,
        scopes=proposal.scopes,
        eligible_owners=proposal.eligible_owners,
        excluded_owners=proposal.excluded_owners,
        started_at=looked.started,
        run_by=bench.holder,
        subject_id=subject.id,
        case_ids=_case_ids(session, subject),
        detector=bench.pipeline.detector_identity,
    )


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


def _note(session: Session, subject_id: int, reason: str) -> None:
    subject = session.get_one(Subject, subject_id)
    subject.not_searched, subject.outdated = reason, None
