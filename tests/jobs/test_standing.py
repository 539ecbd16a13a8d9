"""Later material brings unmatched subjects back: through the keeper and workers, whatever is killed meanwhile."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from engine.records.deployment import Records
from engine.records.faces.spaces import register
from engine.records.review import recalls
from engine.records.schema import Gallery, LedgerEvent, Recall, RecallOwner, StandingMark
from engine.records.searching import standing_marks
from engine.records.words import Lane
from jobs import standing, standing_work
from jobs.standing_work import queue_standing
from jobs.workbench import Workbench
from tests.engine.records.records_world import SPACE, WORKER, a_gallery, a_permit
from tests.engine.search.search_world import a_person, a_subject
from tests.jobs.jobs_world import wait_until
from tests.jobs.referrals_world import fail, waiting


@pytest.fixture
def settings(settings):
    return settings.model_copy(
        update={
            "standing": settings.standing.model_copy(update={"gather_seconds": 0, "false_recalls_per_arrival": 1.0})
        }
    )


@pytest.fixture
def bench(records, settings, paths) -> Workbench:
    """The tools of a process without models: searching for arrivals needs none."""
    return Workbench(records, settings, paths, holder="worker:test")


@pytest.fixture
def gallery(records: Records) -> Gallery:
    """Forty strangers of a unit with a space of its own, already searched for, and one permit."""
    numbers = np.random.default_rng(7)
    with records.database.write() as session:
        register(session, SPACE, actor=WORKER)
        gallery = a_gallery(session, "missing")
        a_permit(session, [gallery.id])
        for number in range(40):
            a_person(session, records.vault, gallery, f"stranger {number}", [numbers.normal(size=4) * 10])
    return gallery


def the_mark(records: Records, gallery: Gallery) -> int:
    with records.database.write() as session:
        standing_marks.notice(session, SPACE.id)
        query = select(StandingMark.id).where(StandingMark.gallery_id == gallery.id)
        return session.scalars(query).one()


def proposed(records: Records) -> Counter[tuple[int, int]]:
    """How often each reference was proposed for each subject."""
    with records.database.read() as session:
        query = select(Recall.subject_id, RecallOwner.reference_id).join(
            RecallOwner, RecallOwner.recall_id == Recall.id
        )
        return Counter((subject, reference) for subject, reference in session.execute(query))


def people_in_both(records: Records, gallery: Gallery, count: int) -> set[tuple[int, int]]:
    numbers = np.random.default_rng(11)
    pairs = set()
    with records.database.write() as session:
        for number in range(count):
            face = numbers.normal(size=4) * 10
            subject = a_subject(session, records.vault, [face])
            reference = a_person(session, records.vault, gallery, f"person {number}", [face + 0.001])
            pairs.add((subject.id, reference.id))
    return pairs


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_nobody_out_and_brings_nobody_back_twice(
    records, settings, bench, gallery
) -> None:
    mark = the_mark(records, gallery)
    standing.search_standing(bench, mark)  # The strangers: from here on every portion has somebody to bring back.
    pairs = people_in_both(records, gallery, 20)
    moments = random.Random(3)
    environment = os.environ | {
        "TRIAGE_HOME": str(settings.home),
        "TRIAGE_STANDING__FALSE_RECALLS_PER_ARRIVAL": "1",
    }
    rows = [seen_row(records, mark)]
    for _ in range(4):
        command = [sys.executable, str(Path(__file__).with_name("standing_process.py")), str(mark)]
        process = subprocess.Popen(command, env=environment | {"PYTHONPATH": "."}, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        wait_until(lambda: seen_row(records, mark) > rows[-1])
        time.sleep(moments.uniform(0, 0.2))  # Into the next portion, mostly into its write.
        process.kill()
        process.wait()
        release_lease(records)
        rows.append(seen_row(records, mark))
    assert standing_left(records)
    standing.search_standing(bench, mark)
    assert not standing_left(records)
    found = proposed(records)
    assert pairs <= found.keys()
    assert set(found.values()) == {1}


def seen_row(records: Records, mark: int) -> int:
    with records.database.read() as session:
        return session.get_one(StandingMark, mark).seen_row


def standing_left(records: Records) -> bool:
    with records.database.read() as session:
        return any(one.scope.gallery_id is not None for one in standing_marks.behind(session, SPACE.id))


def release_lease(records: Records) -> None:
    """As if the killed process's claim had run out, which takes ten seconds."""
    from engine.records.schema import Lease

    with records.database.write() as session:
        for lease in session.scalars(select(Lease)):
            session.delete(lease)


def test_redis_may_forget_everything(records, settings, redis, gallery) -> None:
    people_in_both(records, gallery, 1)
    assert queue_standing(records, redis, settings) == 2  # The gallery and the material.
    assert queue_standing(records, redis, settings) == 0
    redis.flushall()
    assert queue_standing(records, redis, settings) == 2
    assert {job.partition("-")[0] for job in waiting(redis)} == {"standing"}
    [job, _] = waiting(redis)
    fail(redis, job)
    assert queue_standing(records, redis, settings) == 0  # Its tries are spent; health says so.


def test_arrivals_gather_before_they_are_searched_for(records, settings, redis, gallery) -> None:
    patient = settings.model_copy(update={"standing": settings.standing.model_copy(update={"gather_seconds": 60})})
    assert queue_standing(records, redis, patient) == 0
    with records.database.read() as session:
        [behind] = standing_marks.behind(session, SPACE.id)
        assert behind.waiting == 40
        assert behind.since is not None
    assert queue_standing(records, redis, settings) == 1


def test_every_search_is_in_the_ledger_with_the_permits_it_rests_on(records, bench, gallery) -> None:
    people_in_both(records, gallery, 1)
    mark = the_mark(records, gallery)
    standing.search_standing(bench, mark)
    standing.search_standing(bench, mark)
    with records.database.read() as session:
        [event] = session.scalars(select(LedgerEvent).where(LedgerEvent.action == "standing.searched"))
        assert event.target == f"G{gallery.id}"
        details = event.details
        assert (details["faces"], details["subjects"], len(details["permits"])) == (41, 1, 1)


def test_many_recalls_come_back_over_days_and_none_is_dropped(records, settings, redis, bench, gallery) -> None:
    pairs = people_in_both(records, gallery, 6)
    standing.search_standing(bench, the_mark(records, gallery))
    few = settings.model_copy(update={"standing": settings.standing.model_copy(update={"recalls_per_day": 4})})
    queue_standing(records, redis, few)
    jobs = [job for job in waiting(redis) if job.startswith("recall-")]
    assert len(jobs) == 4
    with records.database.read() as session:
        assert recalls.count_due(session) >= len(pairs)
        work = standing_work.standing_work(session, few)
        assert (work.due, work.shown, work.left) == (recalls.count_due(session), 0, 4)


def test_what_cannot_be_judged_waits_and_says_so(records, settings, redis, bench) -> None:
    with records.database.write() as session:
        register(session, SPACE, actor=WORKER)
        gallery = a_gallery(session, "small")
        a_permit(session, [gallery.id])
        a_subject(session, records.vault, [[1, 0, 0, 0]])
        a_person(session, records.vault, gallery, "alone", [[1, 0, 0, 0]])
    mark = the_mark(records, gallery)
    standing.search_standing(bench, mark)
    with records.database.read() as session:
        blocked = next(one for one in standing_marks.behind(session, SPACE.id) if one.mark_id == mark)
        assert blocked.blocked is not None
        assert blocked.waiting == 1
        assert session.scalar(select(func.count()).select_from(Recall)) == 0
    queue_standing(records, redis, settings)
    assert f"standing-W{mark}" not in waiting(redis, Lane.NORMAL)
