"""`triage models compare`: what searches with another model would give, before it is put to work.

It is a search, so it takes what every search takes: each subject is searched under the permits that its own automatic
search would run under, and one that no permit covers is not compared and counted. It needs a supervisor, and the ledger
keeps who compared which spaces, over how many subjects and faces, under which permits. No candidate list is replaced:
what is found goes to the supervisor who decides on the model, as ids.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.database import unit_of
from engine.records.errors import NoPermit, Refused
from engine.records.faces import fills, subjects
from engine.records.faces.spaces import active_space
from engine.records.ids import public
from engine.records.intake import cases
from engine.records.portions import portions
from engine.records.schema import Attribution, Reference, Referral, Subject
from engine.records.searching import grants
from engine.records.searching.searches import NewCandidate
from engine.records.words import Channel, ReferralState, SubjectStanding, UserRole
from engine.search.candidates import Searcher, Surroundings
from engine.search.probes import probe_of_faces
from engine.search.space import Space
from jobs.embedders import KnownEmbedder
from jobs.index_builds import known_space
from jobs.workbench import Workbench

#: Referrals that people may have before them; the others are searched by workers, or not any more.
_SEEN = (
    ReferralState.READY,
    ReferralState.IN_REVIEW,
    ReferralState.AWAITING_SECOND,
    ReferralState.ON_HOLD,
    ReferralState.DECIDED,
)
#: Among how many candidates the right person should be.
FIRST = 20

Advance = Callable[[int, int | None], None]


@dataclass(slots=True)
class Comparison:
    """What another model would change. kept, lost, gained, neither: standing identifications whose person is among the
    first candidates with both models, only with the one at work, only with the other, with none.

    new: candidates of unmatched subjects that are rare enough and come up with the other model alone; of unknown
    rarity are those whose gallery is too small to say. not_compared: subjects by the reason.
    """

    at_work: Space
    other: Space
    counts: Counter[str] = field(default_factory=Counter)
    identifications: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    not_compared: Counter[str] = field(default_factory=Counter)
    scanned: int = 0
    permits: set[int] = field(default_factory=set)

    def document(self) -> dict[str, Any]:
        """What `--json` prints."""
        kinds = ("kept", "lost", "gained", "neither")
        return {
            "model": self.other.model,
            "space": self.other.id,
            "at_work": {"model": self.at_work.model, "space": self.at_work.id},
            "first": FIRST,
            "identifications": {kind: self.counts[kind] for kind in kinds},
            "changed": self.identifications,
            "unmatched": self.counts["unmatched"],
            "new_candidates": self.new,
            "new_of_unknown_rarity": self.counts["unknown_rarity"],
            "not_compared": dict(self.not_compared),
            "scanned": self.scanned,
            "permits": [public("permit", number) for number in sorted(self.permits)],
        }


@dataclass(frozen=True, slots=True)
class _Lists:
    """The first candidates of a subject in both spaces."""

    at_work: Sequence[NewCandidate]
    other: Sequence[NewCandidate]


def compare(bench: Workbench, model: KnownEmbedder, *, rarer_than: float, actor: Actor, advance: Advance) -> Comparison:
    """Search every standing identification and every unmatched subject in the space at work and in the model's.

    Raises Refused where no supervisor acts, for the model at work, and while the model's space is not filled.
    """
    actor.require_role(UserRole.SUPERVISOR, doing="compare models")
    with bench.records.database.read() as session:
        found = Comparison(known_space(session, active_space(session).id), model.space)
        _require_filled(session, found)
        wanted = _subjects(session)
    with bench.records.database.write() as session:  # Also where it is broken off: what was asked for stays recorded.
        ledger.record(
            session,
            actor=actor,
            action="models.compare_started",
            target=found.other.id,
            at_work=found.at_work.id,
            subjects=len(wanted),
        )
    for done, subject_id in enumerate(wanted, start=1):
        with bench.records.database.read() as session:
            _compare(session, bench.searcher, found, subjects.get_subject(session, subject_id), rarer_than)
        advance(done, len(wanted))
    with bench.records.database.write() as session:
        ledger.record(
            session,
            actor=actor,
            action="models.compared",
            target=found.other.id,
            at_work=found.at_work.id,
            subjects=len(wanted) - found.not_compared.total(),
            scanned=found.scanned,
            permits=[public("permit", number) for number in sorted(found.permits)],
        )
    return found


def _require_filled(session: Session, found: Comparison) -> None:
    if found.other.id == found.at_work.id:
        raise Refused(f"{found.other.model} is the model at work.", "Compare it with another: triage models list")
    state = fills.state_of(session, found.other.id)
    if not state.complete:
        raise Refused(
            f"Only {state.filled:,} of {state.faces:,} faces have a vector of {found.other.model}; a comparison would "
            "say that it loses the others.",
            f"Fill its space first: triage models fill {found.other.model} --wait",
        )


def _subjects(session: Session) -> list[int]:
    """The subjects that were identified, and those that nobody was found for, in referrals that people have seen."""
    query = (
        select(Subject.id)
        .join(Referral, Referral.id == Subject.referral_id)
        .where(
            Referral.unit_id == unit_of(session),
            Referral.state.in_(_SEEN),
            Subject.merged_into_id.is_(None),
            Subject.standing.in_([SubjectStanding.IDENTIFIED, SubjectStanding.OPEN, SubjectStanding.NO_MATCH]),
        )
    )
    return list(session.scalars(query.order_by(Subject.id)))


def _compare(session: Session, searcher: Searcher, found: Comparison, subject: Subject, rarer_than: float) -> None:
    try:
        lists = _searched(session, searcher, found, subject)
    except NoPermit:
        found.not_compared["no permit covers it"] += 1
        return
    if lists is None:
        found.not_compared["no face of it has a vector"] += 1
    elif subject.standing is SubjectStanding.IDENTIFIED:
        _identified(session, found, subject, lists)
    else:
        _unmatched(found, subject, lists, rarer_than)


def _searched(session: Session, searcher: Searcher, found: Comparison, subject: Subject) -> _Lists | None:
    case_ids = tuple(case.id for case in cases.cases_of(session, subject.referral_id))
    grant = grants.all_covered(session, channel=Channel.INTAKE, role=subject.role, case_ids=case_ids)
    around = Surroundings(subject.referral_id, case_ids)
    members = subjects.members_of(session, [subject.id])[subject.id]
    lists = []
    for space in (found.at_work, found.other):
        probe = probe_of_faces(session, space, members)
        if probe is None:
            return None
        proposal = searcher.propose(session, space, probe, grant, around, top=FIRST)
        found.scanned += proposal.scanned
        lists.append(proposal.candidates)
    found.permits.update(grant.permit_ids)
    return _Lists(*lists)


def _identified(session: Session, found: Comparison, subject: Subject, lists: _Lists) -> None:
    """Note whether the person whom two examiners agreed on is among the first candidates."""
    person = session.scalar(
        select(Attribution.person_id).where(Attribution.subject_id == subject.id, Attribution.ended_at.is_(None))
    )
    ranks = [_rank(session, candidates, person) for candidates in (lists.at_work, lists.other)]
    kind = {(True, True): "kept", (True, False): "lost", (False, True): "gained"}.get(
        (ranks[0] is not None, ranks[1] is not None), "neither"
    )
    found.counts[kind] += 1
    if kind in ("lost", "gained"):
        found.identifications.append(
            {
                "change": kind,
                "subject": public("subject", subject.id),
                "referral": public("referral", subject.referral_id),
                "person": None if person is None else public("person", person),
                "rank": ranks[0],
                "rank_with_model": ranks[1],
            }
        )


def _rank(session: Session, candidates: Sequence[NewCandidate], person: int | None) -> int | None:
    """The rank of the first candidate that is the person: by a reference, or by a subject attributed to them."""
    references: set[int] = set()
    linked: set[int] = set()
    for some in portions([one.reference_id for one in candidates if one.reference_id is not None]):
        query = select(Reference.id).where(Reference.id.in_(some), Reference.person_id == person)
        references.update(session.scalars(query))
    for some in portions([one.linked_subject_id for one in candidates if one.linked_subject_id is not None]):
        attributed = select(Attribution.subject_id).where(Attribution.subject_id.in_(some))
        linked.update(
            session.scalars(attributed.where(Attribution.person_id == person, Attribution.ended_at.is_(None)))
        )
    for rank, one in enumerate(candidates, start=1):
        if one.reference_id in references or one.linked_subject_id in linked:
            return rank
    return None


def _unmatched(found: Comparison, subject: Subject, lists: _Lists, rarer_than: float) -> None:
    """Note the candidates that come up with the other model alone."""
    found.counts["unmatched"] += 1
    before = {(one.reference_id, one.linked_subject_id) for one in lists.at_work}
    for rank, one in enumerate(lists.other, start=1):
        if (one.reference_id, one.linked_subject_id) in before:
            continue
        if one.rarity is None:
            found.counts["unknown_rarity"] += 1
        elif one.rarity <= rarer_than:
            owner = (
                ("reference", one.reference_id) if one.reference_id is not None else ("subject", one.linked_subject_id)
            )
            found.new.append(
                {
                    "subject": public("subject", subject.id),
                    "referral": public("referral", subject.referral_id),
                    "candidate": public(owner[0], int(owner[1] or 0)),
                    "rank_with_model": rank,
                    "rarity": one.rarity,
                }
            )
