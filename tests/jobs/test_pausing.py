"""Pauses: nothing is taken in and nobody works, whatever becomes of Redis, until somebody lets it go on."""

from pathlib import Path

import pytest

from engine.records.custody import ledger
from engine.records.intake import batches, pauses
from engine.records.words import Paused
from jobs.enqueue import Order, enqueue
from jobs.errors import IntakePaused
from jobs.keeper import make_round
from jobs.pausing import BOTH, keep_to, pause, resume
from jobs.workbench import Workbench
from tests.jobs.intake_world import put_in
from tests.jobs.referrals_world import ACTOR


@pytest.fixture
def bench(records, settings, paths) -> Workbench:
    return Workbench(records, settings, paths, holder="command:test")


def test_a_pause_says_who_and_why_and_the_ledger_knows_of_it_without_words(records) -> None:
    (told,) = pause(records, [Paused.INTAKE], "a new disk", actor=ACTOR)
    assert told.startswith("Intake is paused since 20")
    assert told.endswith(" by keeper: a new disk")
    assert pause(records, [Paused.INTAKE], "another reason", actor=ACTOR) == [told]
    assert (resume(records, BOTH, actor=ACTOR), resume(records, BOTH, actor=ACTOR)) == (1, 0)
    with records.database.read() as session:
        assert pauses.in_force(session) == {}
        events = [one for one in ledger.events(session) if one.target == "Z1"]
    assert [one.action for one in events] == ["intake.resumed", "intake.paused"]
    assert "new disk" not in str(events[1].details)


def test_nothing_is_taken_in_during_a_pause(bench, records, incoming) -> None:
    pause(records, [Paused.INTAKE], "a new disk", actor=ACTOR)
    with pytest.raises(IntakePaused, match="a new disk") as refusal:
        put_in(bench, incoming)
    assert refusal.value.exit_code == 4
    assert "triage jobs resume" in refusal.value.hint
    with records.database.read() as session:
        assert batches.list_batches(session) == []


def test_while_the_workers_are_paused_a_command_records_and_does_no_work_itself(bench, records, tmp_path) -> None:
    Path(tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff picture")
    pause(records, [Paused.WORK], "an update", actor=ACTOR)
    receipt = enqueue(bench, [tmp_path / "a.jpg"], Order(wait=True), actor=ACTOR, say=print)
    assert receipt.document["referrals"][0]["state"] == "received"
    assert "an update" in receipt.document["warnings"][0]


def test_the_keeper_pauses_the_workers_again_after_redis_was_emptied(records, redis, settings, paths) -> None:
    pause(records, [Paused.WORK], "an update", actor=ACTOR)
    keep_to(records, redis)
    assert redis.exists("rq:suspended")
    redis.flushall()
    make_round(settings, paths, records, _NoIndexes())
    assert redis.exists("rq:suspended")
    resume(records, BOTH, actor=ACTOR)
    make_round(settings, paths, records, _NoIndexes())
    assert not redis.exists("rq:suspended")


class _NoIndexes:
    """Stands where the keeper's builder of indexes does: nothing is built here."""

    def look_after(self, _: object) -> None:
        """Build nothing."""
