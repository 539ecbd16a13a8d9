"""A report that is withdrawn while its work waits or runs: nothing goes on, and nothing is kept of it."""

from pathlib import Path

from engine.records.actors import Actor
from engine.records.intake.withdrawal import withdraw
from engine.records.schema import Face, Media, Referral
from engine.records.words import Lane, MediaFinding, ReferralState
from jobs.detecting import detect_media
from jobs.dispatch import dispatch
from jobs.reconcile import reconcile
from jobs.withdrawing import drop_waiting
from tests.engine.records.records_world import a_user
from tests.jobs.pictures import astronaut, png
from tests.jobs.referrals_world import ACTOR, a_referral, media_ids, state_of, waiting
from tests.jobs.test_detecting import report


def take_back(records, number: int) -> None:
    with records.database.write() as session:
        anna = Actor.user(a_user(session, f"anna{number}"))
        withdraw(session, session.get_one(Referral, number), "sent in error", actor=anna)


def test_waiting_jobs_of_a_withdrawn_report_leave_the_queue_and_do_not_come_back(records, redis, settings) -> None:
    shared, gone = a_referral(records, 1, 2), a_referral(records, 2, 3)
    dispatch(records, redis, settings, [shared, gone], ACTOR)
    take_back(records, gone)
    (only,) = set(media_ids(records, gone)) - set(media_ids(records, shared))
    assert drop_waiting(records, redis, gone) == [f"detect-M{only}"]
    left = sorted(f"detect-M{number}" for number in media_ids(records, shared))
    assert sorted(waiting(redis)) == left
    reconcile(records, redis, settings, ACTOR)
    assert sorted(waiting(redis)) == left
    assert drop_waiting(records, redis, gone) == []
    assert waiting(redis, Lane.VIDEO) == []


def test_what_a_worker_finds_in_a_report_that_is_withdrawn_meanwhile_is_not_kept(bench, records, monkeypatch) -> None:
    number = report(records, ("a.png", png(astronaut())))
    (media_id,) = media_ids(records, number)
    analyse = bench.pipeline.analyse

    def and_withdraw(*arguments, **options):
        found = analyse(*arguments, **options)
        take_back(records, number)
        return found

    monkeypatch.setattr(bench.pipeline, "analyse", and_withdraw)
    detect_media(bench, media_id)
    with records.database.read() as session:
        assert session.get_one(Media, media_id).finding is MediaFinding.PENDING
        assert session.query(Face).count() == 0
    assert state_of(records, number) is ReferralState.WITHDRAWN
    assert not list(Path(bench.paths.home).glob(".spool-*"))
