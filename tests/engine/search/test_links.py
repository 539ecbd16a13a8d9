"""Links: whose subjects a search of the unit's own material may propose."""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.intake.cases import create_case, link_case, unlink_case
from engine.records.schema import Case, CaseReferral, IndexRow, Subject, Unit
from engine.records.scopes import MATERIAL
from engine.records.searching.grants import PermitGrant
from engine.records.words import ReferralState, SubjectStanding
from engine.search import eligibility, index
from engine.search.candidates import Proposal, Searcher, Surroundings
from engine.search.collection import ScopeResult, scan
from engine.search.index import IndexReader
from engine.search.probes import Probe
from tests.engine.records.records_world import World, a_user
from tests.engine.search.search_world import SPACE, a_probe, a_subject, probe_of, referral_of


def proposal(session: Session, folder: Path, subject: Subject, *cases: Case) -> Proposal:
    """What a search of the material for a subject proposes."""
    around = Surroundings(subject.referral_id, tuple(case.id for case in cases))
    searcher = Searcher(folder / "index", calibration_minimum=20, long_gap_months=12)
    grant = PermitGrant.under(1, (), material=True)
    return searcher.propose(session, SPACE, probe_of(session, subject), grant, around, top=10)


def links(found: Proposal) -> list[int | None]:
    return [candidate.linked_subject_id for candidate in found.candidates]


def searched(session: Session, folder: Path, probe: Probe) -> ScopeResult:
    """What a search of the material at the desk goes through."""
    return scan(session, IndexReader(folder), eligibility.links(session, None, ()), SPACE, [probe], top=5)[0]


@pytest.mark.parametrize("state", list(ReferralState))
@pytest.mark.parametrize("same_case", [False, True])
def test_which_referrals_offer_links(world: World, tmp_path: Path, state: ReferralState, same_case: bool) -> None:
    gone = {ReferralState.WITHDRAWN, ReferralState.ERASED, ReferralState.DUPLICATE}
    closed = gone | {ReferralState.DECIDED, ReferralState.FAILED}
    with world.database.write() as session:
        mine = a_subject(session, world.vault, [[1, 0, 0, 0]])
        other = a_subject(session, world.vault, [[1, 0, 0, 0.5]], state=state)
        supervisor = Actor.user(a_user(session, "eva"))
        case = create_case(session, "Operation Birch", actor=supervisor)
        link_case(session, case, referral_of(session, mine), actor=supervisor)
        if same_case:
            link_case(session, case, referral_of(session, other), actor=supervisor)
        found = proposal(session, tmp_path, mine, case)
        expected = state not in (gone if same_case else closed)
        assert links(found) == ([other.id] if expected else [])
        assert found.eligible_owners == expected
        if same_case:
            unlink_case(session, case, referral_of(session, other), actor=supervisor)
            found = proposal(session, tmp_path, mine, case)
            assert links(found) == ([other.id] if state not in closed else [])
            assert session.query(CaseReferral).count() == 2


def test_who_matched_nobody_is_still_looked_for(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        others = {}
        for standing in SubjectStanding:
            other = a_subject(session, world.vault, [[1, 0, 0, 0.5]], state=ReferralState.DECIDED)
            other.standing = standing
            others[standing] = other.id
        mine = a_subject(session, world.vault, [[1, 0, 0, 0]])
        found = proposal(session, tmp_path, mine)
    assert links(found) == [others[SubjectStanding.NO_MATCH]]


def test_the_referral_itself_offers_no_links(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        mine = a_subject(session, world.vault, [[1, 0, 0, 0]])
        sibling = Subject(unit_id=1, referral_id=mine.referral_id)
        session.add(sibling)
        session.flush()
        other = a_subject(session, world.vault, [[0, 1, 0, 0]])
        found = proposal(session, tmp_path, mine)
    assert links(found) == [other.id]
    assert found.eligible == 1


def test_another_unit_offers_no_links(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        mine = a_subject(session, world.vault, [[1, 0, 0, 0]])
        other = a_subject(session, world.vault, [[1, 0, 0, 0.5]])
        session.add(Unit(id=2, name="another district", key_check="0" * 64))
        session.flush()
        referral_of(session, other).unit_id = 2
        session.flush()
        assert links(proposal(session, tmp_path, mine)) == []


def test_material_is_filtered_by_the_state_of_its_referrals(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        subjects = [a_subject(session, world.vault, [[1, number, 0, 0]]) for number in range(6)]
        index.build(session, tmp_path / "index", MATERIAL, SPACE)
        newest = a_subject(session, world.vault, [[1, 0.5, 0, 0]])
        for closed in subjects[:3]:
            referral_of(session, closed).state = ReferralState.DECIDED
        session.flush()
        result = searched(session, tmp_path / "index", a_probe([1, 0, 0, 0]))
    assert result.best.owners.tolist() == [newest.id, *[one.id for one in subjects[3:]]]
    assert (result.scanned, result.tally.rows, result.tally.owners) == (4, 4, 4)


def test_a_face_that_changed_hands_under_its_row_is_not_lost(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        closed = a_subject(session, world.vault, [[1, 0, 0, 0]], state=ReferralState.DECIDED)
        still_open = a_subject(session, world.vault, [[0, 1, 0, 0]])
        index.build(session, tmp_path / "index", MATERIAL, SPACE)
        session.execute(update(IndexRow).values(subject_id=still_open.id).where(IndexRow.subject_id == closed.id))
        result = searched(session, tmp_path / "index", a_probe([1, 0, 0, 0]))
    assert (result.best.owners.tolist(), result.best.scores.tolist(), result.scanned) == ([still_open.id], [1.0], 2)
    assert "led to 1 of 2 faces" in str(result.notice)
