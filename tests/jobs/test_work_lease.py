"""Work leases: one worker at a time, renewed while the work lasts, free soon after a worker has died."""

import threading
import time

import pytest

from engine.records import leases
from engine.records.deployment import Records
from engine.records.words import LeaseKind
from jobs import work_lease as module
from jobs.work_lease import work_lease
from tests.jobs.jobs_world import wait_until


def holder(records: Records) -> str | None:
    with records.database.read() as session:
        return leases.holder_of(session, LeaseKind.WORK, "M1")


def test_the_work_is_free_again_after_the_block(records) -> None:
    with work_lease(records, "M1", "worker:a"):
        assert holder(records) == "worker:a"
    assert holder(records) is None


def test_the_work_is_free_again_after_an_error(records) -> None:
    with pytest.raises(ZeroDivisionError), work_lease(records, "M1", "worker:a"):
        raise ZeroDivisionError
    assert holder(records) is None


def test_the_claim_ends_with_the_write_that_keeps_the_work(records, monkeypatch) -> None:
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.05)
    with work_lease(records, "M1", "worker:a") as claim:
        with records.database.write() as session:
            time.sleep(0.3)  # A renewal waits for this write, and must not take the claim again.
            claim.release(session)
        time.sleep(0.3)
        assert holder(records) is None


def test_a_claim_whose_write_failed_is_given_back_all_the_same(records) -> None:
    with (
        pytest.raises(ZeroDivisionError),
        work_lease(records, "M1", "worker:a") as claim,
        records.database.write() as session,
    ):
        claim.release(session)
        raise ZeroDivisionError
    assert holder(records) is None


def test_the_first_step_is_undone_with_the_claim_that_could_not_be_had(records) -> None:
    def first(session) -> str:
        leases.acquire(session, LeaseKind.WORK, "M2", "worker:a", 60)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), work_lease(records, "M1", "worker:a", first):
        pass
    assert holder(records) is None
    with records.database.read() as session:
        assert leases.holder_of(session, LeaseKind.WORK, "M2") is None


def test_a_second_worker_waits_for_the_first(records) -> None:
    order = []

    def second() -> None:
        with work_lease(records, "M1", "worker:b"):
            order.append("second")

    other = threading.Thread(target=second)
    with work_lease(records, "M1", "worker:a"):
        other.start()
        time.sleep(0.6)
        order.append("first")
    other.join(timeout=5)
    assert order == ["first", "second"]


def test_the_lease_outlasts_its_length_while_the_work_goes_on(records, monkeypatch) -> None:
    monkeypatch.setattr(module, "_SECONDS", 0.6)
    monkeypatch.setattr(module, "_RENEW_SECONDS", 0.2)
    with work_lease(records, "M1", "worker:a"):
        time.sleep(1.2)
        assert holder(records) == "worker:a"


def test_the_lease_of_a_dead_worker_ends_by_itself(records) -> None:
    with records.database.write() as session:
        leases.acquire(session, LeaseKind.WORK, "M1", "worker:dead", 1)
    began = time.monotonic()
    with work_lease(records, "M1", "worker:b"):
        assert 0.5 < time.monotonic() - began < 3
    wait_until(lambda: holder(records) is None)
