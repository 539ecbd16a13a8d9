"""Trying again and clearing away: what the person on call does about failed work."""

import pytest

from engine.formats.incoming import IncomingReferral, RefusedInput
from engine.records.intake import batches
from engine.records.intake.admission import receive
from engine.records.words import ReferralState
from jobs.alive import KEEPER
from jobs.dispatch import dispatch
from jobs.failures import failed_jobs
from jobs.reconcile import reconcile
from jobs.second_tries import discard, failed_referrals, retry
from jobs.workbench import Workbench
from tests.jobs.referrals_world import ACTOR, a_referral, fail, state_of, waiting


@pytest.fixture
def bench(records, settings, paths) -> Workbench:
    """Tools without models: a running deployment, in which commands leave the work to the workers."""
    paths.heartbeat(KEEPER).touch()
    return Workbench(records, settings, paths, holder="command:test")


@pytest.fixture
def failed(records, redis, settings) -> list[int]:
    numbers = [a_referral(records, shade) for shade in (1, 2)]
    dispatch(records, redis, settings, numbers, ACTOR)
    for job_id in waiting(redis):
        fail(redis, job_id)
    reconcile(records, redis, settings, ACTOR)
    return numbers


def test_only_the_chosen_ones_are_tried_again(bench, records, redis, failed) -> None:
    again, warnings = retry(bench, failed[:1], actor=ACTOR, say=lambda _: None)
    assert (again, warnings) == (failed[:1], [])
    assert [state_of(records, number) for number in failed] == [ReferralState.QUEUED, ReferralState.FAILED]
    assert len(waiting(redis)) == 1
    assert len(failed_jobs(redis)) == 1


def test_trying_again_what_did_not_fail_does_nothing(bench, records, redis, settings) -> None:
    number = a_referral(records, 1)
    assert retry(bench, [number], actor=ACTOR, say=lambda _: None) == ([], [])
    assert state_of(records, number) is ReferralState.RECEIVED


def test_discarded_jobs_are_gone_and_their_referrals_stay_failed(bench, records, redis, failed) -> None:
    assert discard(redis) == 2
    assert failed_jobs(redis) == {}
    assert not list(redis.scan_iter("rq:job:*"))
    assert {state_of(records, number) for number in failed} == {ReferralState.FAILED}
    assert len(retry(bench, failed, actor=ACTOR, say=lambda _: None)[0]) == 2


def test_a_report_without_files_is_not_offered(records) -> None:
    empty = IncomingReferral("empty", (), (RefusedInput("a.jpg", "it cannot be read"),))
    with records.database.write() as session:
        batch = batches.start_batch(session, actor=ACTOR)
        referral = receive(session, records.vault, batch, empty, actor=ACTOR).referral
    assert state_of(records, referral.id) is ReferralState.FAILED
    with records.database.read() as session:
        assert failed_referrals(session) == []
