"""Tests of leases: two holders never both hold, and a silent holder's claim ends."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engine.records import leases
from engine.records.errors import Claimed
from engine.records.schema import Lease, now
from engine.records.words import LeaseKind
from tests.engine.records.records_world import World

REVIEW, WORK = LeaseKind.REVIEW, LeaseKind.WORK


def test_a_claim_names_its_holder_and_its_end_to_others(world: World) -> None:
    at = now().replace(hour=10, minute=0, second=0)
    with world.database.write() as session:
        leases.acquire(session, REVIEW, "S12", "user:1", 90, at=at)
        with pytest.raises(Claimed, match=r"S12 is held by user:1 until 10:01:30 UTC") as refusal:
            leases.acquire(session, REVIEW, "S12", "user:2", 90, at=at)
    assert refusal.value.exit_code == 3


def test_a_holder_renews_and_keeps_the_time_of_the_first_claim(world: World) -> None:
    at = now()
    with world.database.write() as session:
        leases.acquire(session, REVIEW, "S12", "user:1", 60, at=at)
        lease = leases.acquire(session, REVIEW, "S12", "user:1", 60, at=at + timedelta(seconds=30))
        assert lease.acquired_at == at
        assert lease.expires_at == at + timedelta(seconds=90)


def test_a_claim_is_free_from_the_moment_it_ends(world: World) -> None:
    at = now()
    end = at + timedelta(seconds=60)
    with world.database.write() as session:
        leases.acquire(session, REVIEW, "S12", "user:1", 60, at=at)
        assert leases.holder_of(session, REVIEW, "S12", at=end - timedelta(microseconds=1)) == "user:1"
        assert leases.holder_of(session, REVIEW, "S12", at=end) is None
        assert leases.acquire(session, REVIEW, "S12", "user:2", 60, at=end).acquired_at == end


def test_claims_of_another_kind_or_resource_do_not_meet(world: World) -> None:
    with world.database.write() as session:
        leases.acquire(session, REVIEW, "S12", "user:1", 60)
        leases.acquire(session, WORK, "S12", "worker:urgent", 60)
        leases.acquire(session, REVIEW, "S1", "user:2", 60)


def test_only_the_holder_releases(world: World) -> None:
    with world.database.write() as session:
        leases.acquire(session, REVIEW, "S12", "user:1", 60)
        assert not leases.release(session, REVIEW, "S12", "user:2")
        assert leases.holder_of(session, REVIEW, "S12") == "user:1"
        assert leases.release(session, REVIEW, "S12", "user:1")
        assert not leases.release(session, REVIEW, "S12", "user:1")


def test_expiring_gives_and_removes_the_ended_claims_alone(world: World) -> None:
    at = now()
    with world.database.write() as session:
        leases.acquire(session, WORK, "M1", "worker:urgent", 10, at=at)
        leases.acquire(session, WORK, "M2", "worker:urgent", 100, at=at)
        ended = leases.expire(session, at=at + timedelta(seconds=50))
        assert [(lease.resource, lease.holder) for lease in ended] == [("M1", "worker:urgent")]
        assert leases.expire(session, at=at + timedelta(seconds=50)) == []
        assert [lease.resource for lease in session.query(Lease)] == ["M2"]


class LeaseMachine(RuleBasedStateMachine):
    """Holders who claim, renew, let go and fall silent, beside a table of who may believe to hold until when."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.at = now()
        self.beliefs: dict[tuple[str, str], timedelta] = {}
        self.start = self.at
        self.begun = self.world.database.write()
        self.session = self.begun.__enter__()

    def teardown(self) -> None:
        with suppress(_Undone):
            self.begun.__exit__(_Undone, _Undone(), None)

    @rule(resource=st.sampled_from("AB"), holder=st.sampled_from("xyz"), seconds=st.integers(1, 50))
    def claim(self, resource: str, holder: str, seconds: int) -> None:
        others = [who for who in self.believers(resource) if who != holder]
        try:
            leases.acquire(self.session, WORK, resource, holder, seconds, at=self.at)
        except Claimed:
            assert others
        else:
            assert not others
            self.beliefs[resource, holder] = self.at - self.start + timedelta(seconds=seconds)

    @rule(resource=st.sampled_from("AB"), holder=st.sampled_from("xyz"))
    def let_go(self, resource: str, holder: str) -> None:
        believed = holder in self.believers(resource)
        released = leases.release(self.session, WORK, resource, holder)
        assert released or not believed
        self.beliefs.pop((resource, holder), None)

    @rule(seconds=st.integers(0, 60))
    def wait(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule()
    def sweep(self) -> None:
        for lease in leases.expire(self.session, at=self.at):
            assert lease.holder not in self.believers(lease.resource)

    @invariant()
    def nobody_holds_beside_another(self) -> None:
        for resource in "AB":
            believers = self.believers(resource)
            assert len(believers) <= 1
            assert leases.holder_of(self.session, WORK, resource, at=self.at) == (believers[0] if believers else None)

    def believers(self, resource: str) -> list[str]:
        moment = self.at - self.start
        return [holder for (what, holder), end in self.beliefs.items() if what == resource and end > moment]


class _Undone(Exception):
    pass


@pytest.fixture
def machine(world: World) -> Iterator[type[LeaseMachine]]:
    LeaseMachine.world = world
    yield LeaseMachine
    del LeaseMachine.world


def test_two_holders_never_both_hold(machine: type[LeaseMachine]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=50, stateful_step_count=30, deadline=None))


@pytest.mark.slow
def test_of_many_processes_that_claim_at_once_one_gets_it(world: World) -> None:
    script = textwrap.dedent(
        """
        import sys
        from engine.records import leases
        from engine.records.database import Database
        from engine.records.errors import Claimed
        from engine.records.words import LeaseKind
        from tests.engine.records.records_world import KEYS

        database = Database.open(sys.argv[1]).bind(KEYS, 1)
        for number in range(20):
            try:
                with database.write() as session:
                    leases.acquire(session, LeaseKind.WORK, f"M{number}", sys.argv[2], 600)
            except Claimed:
                continue
            print(number)
        """
    )
    url = world.database.engine.url.render_as_string()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, f"worker:{number}"],
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    got = [line for process in processes for line in process.communicate(timeout=120)[0].split()]
    assert sorted(got, key=int) == [str(number) for number in range(20)]
