"""The whole way with the real networks: no match today, a new reference tomorrow, and the subject is back."""

import pytest

from console import reading
from engine.records.faces import subjects
from engine.records.people import users
from engine.records.review.desk import Shelf
from engine.records.review.documents import show
from engine.records.review.viewing import Viewer
from engine.records.schema import Referral, now
from engine.records.searching import permits
from engine.records.words import ConclusionKind, ReferralState, UserRole
from jobs.enrol import enrol
from jobs.inline import work_here
from jobs.matching import match_referral
from jobs.standing_work import do_standing, standing_work
from tests.engine.records.records_world import concluding
from tests.jobs.pictures import hopper, mirrored, png
from tests.jobs.referrals_world import ACTOR, state_of
from tests.jobs.test_matching import delivered, looked_at

pytestmark = pytest.mark.slow


@pytest.fixture
def anna(records):
    with records.database.write() as session:
        return users.add_user(session, "anna", UserRole.INVESTIGATOR, "account-anna", actor=ACTOR)


@pytest.fixture
def unmatched(bench, records, permit, anna) -> int:
    """A referral of somebody whom no gallery knew, decided as no match."""
    number = delivered(records, png(hopper()))
    looked_at(bench, number)
    match_referral(bench, number)
    do_standing(bench, lambda _: None)
    with records.database.write() as session:
        [subject] = subjects.subjects_of(session, session.get_one(Referral, number))
        concluding(session, records.vault, subject, anna, ConclusionKind.NO_MATCH)
    assert state_of(records, number) is ReferralState.DECIDED
    return number


def a_new_reference(bench, supervisor, tmp_path) -> None:
    (tmp_path / "new" / "grace").mkdir(parents=True)
    (tmp_path / "new" / "grace" / "1.png").write_bytes(png(mirrored(hopper())))
    enrol(bench, "known", tmp_path / "new", actor=supervisor, advance=lambda *_: None)


def test_a_new_reference_brings_the_subject_back_and_says_why(
    bench, records, unmatched, supervisor, tmp_path, anna
) -> None:
    a_new_reference(bench, supervisor, tmp_path)
    do_standing(bench, lambda _: None)
    assert state_of(records, unmatched) is ReferralState.READY
    with records.database.read() as session:
        page = reading.queue_page(session, anna, Shelf.MINE, 10, 0)
        assert [row.state for row in page.rows] == ["back: new reference"]
        document = show(session, unmatched, Viewer(UserRole.INVESTIGATOR, anna.id, hide_scores=True))
        [subject] = document["subjects"]
        [recall] = subject["recalls"]
        assert recall["reason"].startswith("new reference in gallery known since ")
        assert not recall["answered"]
        assert [one["kind"] for one in document["conclusions"]] == ["no_match"]
        assert subject["candidates"][0]["name"] == "grace"
        shown = reading.referral(session, unmatched, Viewer(UserRole.INVESTIGATOR, anna.id, hide_scores=True))
        assert shown.subjects[0].searched[-1].startswith("back: new reference in gallery known since ")
        assert shown.subjects[0].needs_me
        assert shown.subjects[0].own == ()
        assert standing_work(session, bench.settings).shown == 1


def test_without_a_permit_it_stays_as_it_was(bench, records, unmatched, supervisor, tmp_path) -> None:
    with records.database.write() as session:
        for permit in permits.list_permits(session):
            permit.revoked_at = now()
    a_new_reference(bench, supervisor, tmp_path)
    do_standing(bench, lambda _: None)
    assert state_of(records, unmatched) is ReferralState.DECIDED


def test_a_later_referral_brings_the_earlier_one_back(bench, records, unmatched) -> None:
    later = delivered(records, png(mirrored(hopper())))
    work_here(bench, lambda _: None)
    assert state_of(records, later) is ReferralState.READY
    assert state_of(records, unmatched) is ReferralState.READY
