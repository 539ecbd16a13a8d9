"""What the conclusions about one subject add up to: a pure fold, with no database behind it.

Each examiner has one verdict on a subject: the latest in force of their `identified`, `no_match` and `set_aside`. An
identification takes two examiners with the same verdict, and more examiners for it than against it. Examiners are
against it when they excluded that candidate, found it inconclusive, passed it over with a "no match", or identified
somebody else. One for and one against is a disagreement, which a third examiner settles by agreeing with either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine.records.words import ConclusionKind, SubjectStanding

#: The kinds that speak about a candidate; the others speak about the subject alone.
ABOUT_A_CANDIDATE = frozenset({ConclusionKind.IDENTIFIED, ConclusionKind.EXCLUDED, ConclusionKind.INCONCLUSIVE})
_CLOSING = frozenset({ConclusionKind.NO_MATCH, ConclusionKind.SET_ASIDE})
_VERDICTS = _CLOSING | {ConclusionKind.IDENTIFIED}
_REJECTING = frozenset({ConclusionKind.EXCLUDED, ConclusionKind.INCONCLUSIVE})


class OwnerKind(StrEnum):
    """What a candidate stands for: a person with a reference, or a subject of some referral."""

    PERSON = "person"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """Who a candidate is, so that two candidates of one person count as the same."""

    kind: OwnerKind
    id: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """One conclusion as the fold sees it; ids grow with time.

    owner: who it speaks of, none for a kind that speaks about the subject alone. passed_over: for a "no match", the
    people on the candidate list that the examiner had before them. overtaken: later material has brought the subject
    back since, which this opinion says nothing about; it closes the subject no more.
    """

    id: int
    examiner: int
    kind: ConclusionKind
    owner: Owner | None = None
    supersedes: int | None = None
    passed_over: frozenset[Owner] = frozenset()
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a subject stands, who agrees on it and who is against, and whose word cannot settle it."""

    standing: SubjectStanding
    owner: Owner | None = None
    agreed_by: tuple[int, ...] = ()
    against: tuple[int, ...] = ()
    needs_other_than: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Camp:
    """The examiners for and against one identification."""

    owner: Owner
    supporters: frozenset[int]
    rejecters: frozenset[int]
    rivals: frozenset[int]

    @property
    def against(self) -> frozenset[int]:
        return self.rejecters | self.rivals

    @property
    def agreed(self) -> bool:
        return len(self.supporters) >= 2 and len(self.supporters) > len(self.against)

    @property
    def rejected(self) -> bool:
        return len(self.rejecters) >= 2 and len(self.rejecters) > len(self.supporters)


def in_force(opinions: Iterable[Opinion]) -> list[Opinion]:
    """The opinions their examiners still hold, oldest first; nobody can supersede another's."""
    ordered = sorted(opinions, key=lambda opinion: opinion.id)
    superseded = {(opinion.supersedes, opinion.examiner) for opinion in ordered}
    return [
        opinion
        for opinion in ordered
        if opinion.kind is not ConclusionKind.RETRACTED and (opinion.id, opinion.examiner) not in superseded
    ]


def verdicts(opinions: Iterable[Opinion]) -> dict[int, Opinion]:
    """Each examiner's verdict on the subject, by examiner."""
    return {opinion.examiner: opinion for opinion in in_force(opinions) if opinion.kind in _VERDICTS}


def fold(opinions: Iterable[Opinion]) -> Standing:
    """Where the opinions about one subject leave it."""
    held = in_force(opinions)
    final = verdicts(held)
    owners = {opinion.owner for opinion in final.values() if opinion.owner is not None}
    camps = [_camp(owner, held, final) for owner in sorted(owners)]
    for camp in camps:
        if camp.agreed:
            return _standing(SubjectStanding.IDENTIFIED, camp)
    alive = [camp for camp in camps if not camp.rejected]
    if len(alive) == 1 and not alive[0].against:
        return _standing(SubjectStanding.AWAITING_SECOND, alive[0], needs_other_than=alive[0].supporters)
    if alive:
        involved = frozenset[int]().union(*(camp.supporters | camp.against for camp in alive))
        return Standing(SubjectStanding.DISAGREED, needs_other_than=involved)
    return _closed(final)


def _camp(owner: Owner, held: list[Opinion], final: dict[int, Opinion]) -> _Camp:
    supporters = frozenset(examiner for examiner, opinion in final.items() if opinion.owner == owner)
    rejecters = {opinion.examiner for opinion in held if opinion.kind in _REJECTING and opinion.owner == owner}
    rejecters |= {examiner for examiner, opinion in final.items() if owner in opinion.passed_over}
    rivals = {examiner for examiner, opinion in final.items() if opinion.owner not in (owner, None)}
    return _Camp(owner, supporters, frozenset(rejecters - supporters), frozenset(rivals))


def _standing(standing: SubjectStanding, camp: _Camp, needs_other_than: frozenset[int] = frozenset()) -> Standing:
    return Standing(standing, camp.owner, tuple(sorted(camp.supporters)), tuple(sorted(camp.against)), needs_other_than)


def _closed(final: dict[int, Opinion]) -> Standing:
    """No identification is left standing: the latest word that closes the subject counts, if there is one."""
    closing = [opinion for opinion in final.values() if opinion.kind in _CLOSING and not opinion.overtaken]
    if not closing:
        return Standing(SubjectStanding.OPEN)
    latest = max(closing, key=lambda opinion: opinion.id)
    agreed = sorted(opinion.examiner for opinion in closing if opinion.kind is latest.kind)
    return Standing(SubjectStanding(latest.kind.value), agreed_by=tuple(agreed))
