"""Candidate lists: the best references and linked subjects for a probe, over everything a permit lets it go through."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.errors import IncompleteSearch
from engine.records.portions import portions
from engine.records.schema import Attribution, Reference
from engine.records.scopes import MATERIAL, Scope
from engine.records.searching.grants import PermitGrant
from engine.records.searching.searches import NewCandidate, ScopeRecord
from engine.search import cautions, eligibility
from engine.search.calibration import Calibrations
from engine.search.collection import ScopeResult, scan
from engine.search.eligibility import Eligible
from engine.search.errors import NothingToSearch
from engine.search.index import IndexReader
from engine.search.probes import Probe, Quality, qualities
from engine.search.rarity import Rarity
from engine.search.space import Space

#: Scores this close say little about who of two people is more alike. With one picture each of 62 people and the
#: default model, the right person was not first in 0.8 % of searches, and in 77 % of those was this close to the first;
#: where the right person was first, somebody else was this close in 2 %.
NEAR_TIE = 0.05


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a probe comes from: its referral, which offers no candidates, and the cases whose referrals all do."""

    referral_id: int | None = None
    case_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The candidates, best first, and what was gone through for them, in the records' own words.

    eligible_owners, excluded_owners: references and subjects that could be proposed, and how many of them examiners
    have excluded with every picture there is. notices: what a person should know about how the search ran.
    """

    candidates: tuple[NewCandidate, ...]
    scopes: tuple[ScopeRecord, ...]
    eligible_owners: int
    excluded_owners: int
    notices: tuple[str, ...]
    exact: bool = True

    @property
    def scanned(self) -> int:
        """How many faces were compared with the probe."""
        return sum(scope.scanned for scope in self.scopes)

    @property
    def eligible(self) -> int:
        """How many faces were in scope and could be proposed, before exclusions."""
        return sum(scope.eligible for scope in self.scopes)


class Searcher:
    """Searches under permits; keeps indexes and calibrations open between searches, one Searcher per process."""

    def __init__(self, indexes: Path, *, calibration_minimum: int, long_gap_months: int) -> None:
        """indexes: the folder of published indexes, which may be empty.

        long_gap_months: from so many months between two pictures on, a candidate carries a caution.
        """
        self._reader = IndexReader(indexes)
        self._calibrations = Calibrations(calibration_minimum)
        self._long_gap_months = long_gap_months

    def propose(
        self, session: Session, space: Space, probe: Probe, grant: PermitGrant, around: Surroundings, *, top: int
    ) -> Proposal:
        """The `top` best owners over everything in the grant, exactly; the caller has checked the permit.

        Run it in one `Database.read()`, which sees the records as they are at one moment. Raises NothingToSearch for a
        grant of nothing, SpaceMismatch, BadVector, and IncompleteSearch for a list that should be longer.
        """
        return self.propose_each(session, space, [probe], grant, around, top=top)[0]

    def propose_each(
        self,
        session: Session,
        space: Space,
        probes: Sequence[Probe],
        grant: PermitGrant,
        around: Surroundings,
        *,
        top: int,
    ) -> list[Proposal]:
        """As `propose` for each of some probes that come from one place; what they have in common is done once."""
        scopes = [eligibility.references(Scope(gallery_id)) for gallery_id in sorted(set(grant.gallery_ids))]
        if grant.material:
            scopes.append(eligibility.links(session, around.referral_id, around.case_ids))
        if not scopes:
            raise NothingToSearch(
                "The permit covers no gallery and no material of referrals.",
                "Name a gallery, or ask for a permit that covers one: triage permit list",
            )
        by_scope = [scan(session, self._reader, eligible, space, probes, top=top) for eligible in scopes]
        by_probe = list(zip(*by_scope, strict=True))
        found = [_merged(probe, results, top) for probe, results in zip(probes, by_probe, strict=True)]
        proposals = []
        for probe, results, candidates in zip(probes, by_probe, self._candidates(session, space, found), strict=True):
            proposal = Proposal(
                tuple(candidates),
                tuple(_record(result) for result in results),
                sum(result.tally.owners for result in results),
                sum(_excluded_entirely(session, eligible, space, probe) for eligible in scopes),
                tuple(result.notice for result in results if result.notice),
            )
            expected = min(top, proposal.eligible_owners - proposal.excluded_owners)
            if len(candidates) != expected:
                raise IncompleteSearch(
                    f"The search found {len(candidates)} candidates where there are {expected}.",
                    "Search again; if it happens again, run: triage index check",
                )
            proposals.append(proposal)
        return proposals

    def _candidates(
        self, session: Session, space: Space, lists: Sequence[Sequence["_Found"]]
    ) -> list[list[NewCandidate]]:
        every = [one for found in lists for one in found]
        quality = qualities(session, {one.face for one in every})
        people, rarities = _people(session, every), self._rarities(session, space, every, quality)
        candidates, first = [], 0
        for found in lists:
            own = slice(first, first + len(found))
            ties = cautions.near_ties([one.score for one in found], people[own], NEAR_TIE)
            candidates.append(
                [
                    _candidate(one, rarity, self._cautions(one, quality[one.face], near_tie=near_tie))
                    for one, rarity, near_tie in zip(found, rarities[own], ties, strict=True)
                ]
            )
            first += len(found)
        return candidates

    def _cautions(self, one: "_Found", quality: Quality, *, near_tie: bool) -> tuple[str, ...]:
        probe, probe_face = one.probe, one.probe_face
        excluded = probe.excluded.subject_ids if one.is_link else probe.excluded.reference_ids
        words = [cautions.EXCLUDED_EARLIER] if one.owner in excluded else []
        words += [cautions.SAME_PICTURE] if probe_face == one.face else []
        words += [cautions.NEAR_TIE] if near_tie else []
        words += cautions.of_quality(one.quality, quality)
        if probe_face != one.face:
            words += cautions.of_dates(one.quality, quality, long_gap_months=self._long_gap_months)
        return tuple(words)

    def _rarities(
        self, session: Session, space: Space, found: Sequence["_Found"], quality: Mapping[int, Quality]
    ) -> list[Rarity]:
        """The rarity of each of these, those of one scope worked out together."""
        rarities: dict[int, Rarity] = {}
        for scope in {one.result.scope for one in found}:
            places = [place for place, one in enumerate(found) if one.result.scope == scope]
            result, those = found[places[0]].result, [found[place] for place in places]
            calibration = self._calibrations.of(
                session, scope, space, result.snapshot, None if result.index is None else result.index.strangers
            )
            rated = calibration.rarities(
                np.array([one.score for one in those]),
                np.array([min(one.quality.eyes, quality[one.face].eyes) for one in those]),
                np.array([len(one.probe.vectors) for one in those]),
            )
            rarities.update(zip(places, rated, strict=True))
        return [rarities[place] for place in range(len(found))]


@dataclass(frozen=True, slots=True)
class _Found:
    """One owner's best pair: owner and face by id, the probe's face by its place."""

    probe: Probe
    result: ScopeResult
    row: int
    owner: int
    face: int
    place: int
    score: float

    @property
    def is_link(self) -> bool:
        """Whether the owner is a subject of another referral."""
        return self.result.scope == MATERIAL

    @property
    def probe_face(self) -> int | None:
        """The probe's face by its id; none of a picture that the records do not hold."""
        return None if self.probe.faces is None else self.probe.faces[self.place]

    @property
    def quality(self) -> Quality:
        """The quality of the probe's face."""
        return self.probe.qualities[self.place]


def _merged(probe: Probe, results: Sequence[ScopeResult], top: int) -> list[_Found]:
    found = [
        _Found(probe, result, int(row), int(owner), int(face), int(place), float(score))
        for result in results
        for row, owner, face, place, score in zip(
            result.best.rows,
            result.best.owners,
            result.best.faces,
            result.best.probes,
            result.best.scores,
            strict=True,
        )
    ]
    # Rows are numbered over all scopes, so that equal scores have one order.
    return sorted(found, key=lambda one: (-one.score, one.row))[:top]


def _candidate(one: _Found, rarity: Rarity, words: tuple[str, ...]) -> NewCandidate:
    return NewCandidate(
        face_id=one.face,
        score=one.score,
        reference_id=None if one.is_link else one.owner,
        linked_subject_id=one.owner if one.is_link else None,
        probe_face_id=one.probe_face,
        rarity=rarity.share,
        rarity_low=rarity.low,
        rarity_high=rarity.high,
        rarity_basis=rarity.basis,
        cautions=words,
    )


def _record(result: ScopeResult) -> ScopeRecord:
    return ScopeRecord(result.scope, result.scanned, result.tally.rows, result.seen_row, result.snapshot)


def _excluded_entirely(session: Session, eligible: Eligible, space: Space, probe: Probe) -> int:
    """How many eligible owners have no pair with the probe left that was not excluded."""
    if probe.faces is None or not probe.excluded.pairs:
        return 0
    touched = eligibility.owners_with(session, eligible, space, {face for _, face in probe.excluded.pairs})
    faces = eligibility.faces_of(session, eligible, space, touched)
    return sum(
        all((one, other) in probe.excluded.pairs for one in probe.faces for other in others)
        for others in faces.values()
    )


def _people(session: Session, found: Collection[_Found]) -> list[object]:
    """Who each candidate is: the person of a reference or of an attributed subject, else the subject itself."""
    persons: dict[tuple[bool, int], int] = {}
    for some in portions([one.owner for one in found if not one.is_link]):
        query = select(Reference.id, Reference.person_id).where(Reference.id.in_(some))
        persons.update({(False, owner): person for owner, person in session.execute(query)})
    for some in portions([one.owner for one in found if one.is_link]):
        attributed = select(Attribution.subject_id, Attribution.person_id).where(
            Attribution.subject_id.in_(some), Attribution.ended_at.is_(None)
        )
        persons.update({(True, owner): person for owner, person in session.execute(attributed)})
    return [persons.get((one.is_link, one.owner), (one.is_link, one.owner)) for one in found]
