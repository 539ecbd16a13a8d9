"""Reports that are taken back: what rests on them is named, and a duplicate that is not theirs takes their place."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import NoPermit
from engine.records.intake import states
from engine.records.intake.accounting import account
from engine.records.intake.duplicates import promote
from engine.records.intake.withdrawal import is_abandoned, withdraw
from engine.records.people.galleries import enrol
from engine.records.review import recalls
from engine.records.review.dependents import dependents
from engine.records.review.recalls import NewLikeness
from engine.records.schema import Export, Referral, ReferralMedia
from engine.records.words import ConclusionKind, ReferralState
from tests.engine.records.intake.test_admission import a_report, taken_in
from tests.engine.records.records_world import (
    SPACE,
    WORKER,
    World,
    a_gallery,
    a_listed_subject,
    a_permit,
    a_search,
    a_subject_each,
    a_user,
    concluding,
    members,
)

S = ReferralState
CONTENTS = st.sampled_from([b"one", b"two", b"three"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(st.lists(CONTENTS, min_size=1, max_size=7))
def test_whoever_is_erased_nothing_of_the_duplicates_is_lost(world: World, contents: list[bytes]) -> None:
    """One number with several contents: erase the open ones one after the other until none is left."""
    with world.database.write() as session:
        number = f"{world.database.engine.url}-{len(list(session.scalars(select(Referral.id))))}"[-70:]
        mine = {taken_in(session, world, a_report(one, report_number=number)).referral.id for one in contents}
        rows = [session.get_one(Referral, one) for one in sorted(mine)]
        left = len(rows)
        while standing := [one for one in rows if one.state is S.RECEIVED]:
            gone = standing[0]
            behind = {one.content for one in rows if one.duplicate_of_id == gone.id and one.state is S.DUPLICATE}
            states.move(session, gone, S.ERASED, WORKER)
            heirs = promote(session, gone, "it was erased", actor=WORKER)
            assert {one.content for one in heirs} == behind
            left -= 1
            for one in rows:
                original = None if one.duplicate_of_id is None else session.get_one(Referral, one.duplicate_of_id)
                if one.state is S.DUPLICATE:
                    assert original is not None
                    assert original.state is S.RECEIVED
        assert left == 0
        assert account(session).closes


def test_a_report_with_a_number_goes_with_its_duplicates(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        first = taken_in(session, world, a_report(b"one", report_number="7")).referral
        again = taken_in(session, world, a_report(b"one", report_number="7")).referral
        assert withdraw(session, first, "sent in error", actor=anna) == []
        assert (first.state, again.state) == (S.WITHDRAWN, S.DUPLICATE)


def test_a_report_without_a_number_leaves_the_place_to_its_duplicate(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        first, again, third = (taken_in(session, world, a_report(b"one")).referral for _ in range(3))
        assert withdraw(session, first, "sent in error", actor=anna) == [again]
        assert (again.state, again.duplicate_of_id) == (S.RECEIVED, None)
        assert again.reason is not None
        assert f"it stood behind R{first.id}" in again.reason
        assert (third.state, third.duplicate_of_id) == (S.DUPLICATE, again.id)
        assert account(session).closes


def test_a_file_is_abandoned_once_no_open_referral_has_it(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        first = taken_in(session, world, a_report(b"one", report_number="7")).referral
        other = taken_in(session, world, a_report(b"one", report_number="8")).referral
        (media,) = {file.media_id for file in _files(session, first.id)}
        withdraw(session, first, "sent in error", actor=anna)
        assert not is_abandoned(session, media)
        withdraw(session, other, "sent in error", actor=anna)
        assert is_abandoned(session, media)
        assert not is_abandoned(session, 999)


def test_nobody_in_a_withdrawn_referral_is_searched_for_or_comes_back(world: World) -> None:
    with world.database.write() as session:
        anna = a_user(session, "anna")
        subject, (listed, _) = a_listed_subject(session, world.vault)
        recalls.propose(session, SPACE.id, [NewLikeness(subject.id, 0.8, 1e-6, reference_id=listed.reference_id)])
        assert recalls.count_due(session) == 1
        withdraw(session, session.get_one(Referral, subject.referral_id), "sent in error", actor=Actor.user(anna))
        assert recalls.count_due(session) == 0
        with pytest.raises(NoPermit, match="is withdrawn"):
            a_search(session, subject, a_permit(session, []), [])


def test_what_rests_on_a_referral_is_listed(world: World) -> None:
    with world.database.write() as session:
        anna, bert = a_user(session, "anna"), a_user(session, "bert")
        subject, (listed, _) = a_listed_subject(session, world.vault)
        for examiner in (anna, bert):
            concluding(session, world.vault, subject, examiner, ConclusionKind.IDENTIFIED, listed)
        theirs, (link,) = a_listed_subject(session, world.vault, link_to=subject)
        concluding(session, world.vault, theirs, anna, ConclusionKind.INCONCLUSIVE, link)
        (face,) = members(session, subject)
        enrol(session, a_gallery(session, "found"), "Emma", [(face, "1.jpg")], actor=WORKER)
        session.add(
            Export(
                unit_id=1,
                referral_id=subject.referral_id,
                exported_by_id=anna.id,
                recipient="the prosecutor",
                reason="charge",
                with_media=False,
                sha256="0" * 64,
                size=1,
            )
        )
        session.flush()
        found = dependents(session, subject.referral_id)
    assert [one["kind"] for one in found["conclusions"]] == ["identified", "identified"]
    assert [one["subject"] for one in found["identifications"]] == [f"S{subject.id}"]
    assert found["links"] == [
        {
            "referral": f"R{theirs.referral_id}",
            "subject": f"S{theirs.id}",
            "to": f"S{subject.id}",
            "as": ["candidate", "conclusion"],
        }
    ]
    assert [one["face"] for one in found["enrolled"]] == [f"F{face}"]
    assert [(one["by"], one["recipient"]) for one in found["exports"]] == [(f"U{anna.id}", "the prosecutor")]
    assert (found["cases"], found["duplicates"]) == ([], [])


def test_nothing_rests_on_a_referral_that_nobody_looked_at(world: World) -> None:
    with world.database.write() as session:
        referral, _ = a_subject_each(session, world.vault)
        assert not any(dependents(session, referral.id).values())


def _files(session: Session, referral_id: int) -> list:
    return list(session.scalars(select(ReferralMedia).where(ReferralMedia.referral_id == referral_id)))
