"""Rules at work: what a change of them does to what waits, and an urgent referral behind many others."""

import os
import subprocess
import sys

import pytest

from engine.records.actors import Actor
from engine.records.intake.referrals import get_referral
from engine.records.schema import LedgerEvent, PictureHash
from engine.records.words import Lane, ReferralState
from jobs.dispatch import dispatch
from jobs.ordering import order_again
from jobs.queues import lane_queue, waiting_in_slower_lanes
from jobs.reconcile import reconcile
from tests.jobs.jobs_world import wait_until
from tests.jobs.referrals_world import a_referral, state_of

KEEPER = Actor.machine("keeper")
RULE = '[[rule]]\nname = "one"\npoints = {points}\nbecause = "It is so."\nwhen = {{ new_material = true }}\n'


@pytest.fixture
def with_rules(settings, tmp_path):
    """The settings with a file of rules of the test's own, which it may change."""
    file = tmp_path / "rules.toml"
    file.write_text(RULE.format(points=5))
    chosen = settings.priority.model_copy(update={"rules": str(file)})
    return file, settings.model_copy(update={"priority": chosen})


def test_a_change_of_rules_moves_what_waits_and_its_work_to_the_urgent_lane(records, redis, with_rules) -> None:
    file, settings = with_rules
    number = a_referral(records, 1)
    order_again(records, settings, KEEPER)
    dispatch(records, redis, settings, [number], KEEPER)
    assert len(lane_queue(redis, Lane.NORMAL)) == 1
    assert (order_again(records, settings, KEEPER).asked, waiting_in_slower_lanes(redis, settings.worker)) == (
        0,
        {"detect-M1"},
    )
    file.write_text(RULE.format(points=50))
    moved = order_again(records, settings, KEEPER)
    assert (moved.asked, moved.moved, moved.warning) == (1, 1, None)
    reconcile(records, redis, settings, KEEPER)
    assert (len(lane_queue(redis, Lane.NORMAL)), len(lane_queue(redis, Lane.URGENT))) == (0, 1)
    file.write_text("[[rule]]\n")
    assert "line 1, rule 1" in (order_again(records, settings, KEEPER).warning or "")
    with records.database.read() as session:
        assert get_referral(session, number).priority == 0
        assert session.query(LedgerEvent).filter_by(action="priority.rules_changed").count() == 2


@pytest.mark.slow
def test_an_urgent_referral_does_not_wait_for_those_before_it(bench, records, redis, settings, tmp_path) -> None:
    waiting = [a_referral(records, shade) for shade in range(1, 101)]
    dispatch(records, redis, settings, waiting, KEEPER)
    environment = os.environ | {"TRIAGE_HOME": str(settings.home), "OMP_NUM_THREADS": "1"}
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", "jobs.worker", "urgent"]
        worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            wait_until(lambda: redis.scard("rq:workers:urgent"), seconds=60)
            urgent = a_referral(records, 101, priority=0)
            dispatch(records, redis, settings, [urgent], KEEPER)
            wait_until(lambda: state_of(records, urgent) is ReferralState.READY, seconds=60)
        finally:
            worker.kill()
            worker.wait()
    assert {state_of(records, one) for one in waiting} == {ReferralState.QUEUED}
    with records.database.read() as session:
        assert session.query(PictureHash).count() == 1
