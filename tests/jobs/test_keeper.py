"""The keeper as a real process: rounds, a sign of life, one per home, and a clean end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine.records.intake import states
from engine.records.people import users
from engine.records.review import desk
from engine.records.schema import IndexRow, Reference, Referral, now
from engine.records.words import ReferralState, UserRole
from engine.search.index import IndexReader
from jobs.alive import KEEPER, keeper_silence
from jobs.index_builder import IndexBuilder
from jobs.keeper import make_round
from tests.jobs.jobs_world import wait_until
from tests.jobs.referrals_world import ACTOR, a_referral, look_at, media_ids, state_of, waiting

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(settings) -> Iterator[Start]:
    processes = []

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "TRIAGE_HOME": str(settings.home),
            "TRIAGE_KEEPER__INTERVAL_SECONDS": "1",
            "TRIAGE_WORKER__HEARTBEAT_SECONDS": "1",
        }
        processes.append(
            subprocess.Popen([sys.executable, "-m", "jobs.keeper"], env=environment, stderr=subprocess.PIPE)
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_it_gives_waiting_referrals_their_jobs(records, redis, start) -> None:
    number = a_referral(records, 1)
    start()
    wait_until(lambda: state_of(records, number) is ReferralState.QUEUED)
    assert len(waiting(redis)) == 1


def test_it_goes_on_while_redis_is_down_and_queues_afterwards(records, paths, server, start) -> None:
    number = a_referral(records, 1)
    process = start()
    wait_until(lambda: keeper_silence(paths) is not None)
    assert state_of(records, number) is ReferralState.RECEIVED
    server.start()
    wait_until(lambda: state_of(records, number) is ReferralState.QUEUED)
    assert process.poll() is None


def test_a_claim_whose_holder_went_silent_is_ended_and_the_referral_is_ready_again(records, settings, paths) -> None:
    number = a_referral(records, 1)
    look_at(records, media_ids(records, number)[0])
    with records.database.write() as session:
        referral = session.get_one(Referral, number)
        for state in (ReferralState.WORKING, ReferralState.READY):
            states.move(session, referral, state, ACTOR)
        user = users.add_user(session, "anna", UserRole.INVESTIGATOR, "anna", actor=ACTOR)
        desk.claim_referral(session, number, user, seconds=1.0)
    assert state_of(records, number) is ReferralState.IN_REVIEW
    time.sleep(1.1)
    make_round(settings, paths, records, IndexBuilder(paths, IndexReader(paths.index)))
    assert state_of(records, number) is ReferralState.READY


def test_a_clock_that_was_wrong_for_hours_takes_nobody_out_of_the_searches(
    bench, records, settings, paths, known, monkeypatch
) -> None:
    with records.database.write() as session:
        session.scalars(select(Reference)).one().expires_at = now() + timedelta(minutes=1)

    def findable_rows() -> int:
        with records.database.read() as session:
            return session.scalar(select(func.count()).select_from(IndexRow))

    for hours, left in ((12, 1), (25, 0)):
        wrong = now() + timedelta(hours=hours)
        monkeypatch.setattr("jobs.keeper.now", lambda wrong=wrong: wrong)
        make_round(settings, paths, records, IndexBuilder(paths, IndexReader(paths.index)))
        assert findable_rows() == left


def test_its_sign_of_life_stays_fresh_and_goes_with_it(paths, redis, start) -> None:
    process = start()
    wait_until(lambda: keeper_silence(paths) is not None)
    first = paths.heartbeat(KEEPER).stat().st_mtime_ns
    wait_until(lambda: paths.heartbeat(KEEPER).stat().st_mtime_ns > first)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert keeper_silence(paths) is None


def test_a_second_keeper_of_the_same_home_refuses_to_start(paths, redis, start) -> None:
    start()
    wait_until(lambda: keeper_silence(paths) is not None)
    second = start()
    assert second.wait(timeout=10) == 1
    assert b"Another keeper" in second.stderr.read()


def test_after_kill_9_another_keeper_may_start(paths, redis, start) -> None:
    first = start()
    wait_until(lambda: keeper_silence(paths) is not None)
    first.kill()
    first.wait()
    second = start()
    wait_until(lambda: (keeper_silence(paths) or 9) < 0.9)
    assert second.poll() is None
