"""Tests of the states of a referral: only listed steps happen, and every step is in the ledger."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engine.records import ids
from engine.records.custody import ledger
from engine.records.errors import WrongTransition
from engine.records.intake.states import CLOSED, TRANSITIONS, may_follow, move
from engine.records.schema import Referral
from engine.records.words import ReferralState
from tests.engine.records.records_world import KEYS, WORKER, World, a_referral

S = ReferralState


def test_every_state_has_its_list_and_none_follows_itself() -> None:
    assert set(TRANSITIONS) == set(ReferralState)
    assert not [state for state in ReferralState if may_follow(state, state)]


def test_every_referral_can_be_erased_and_nothing_follows_that() -> None:
    assert TRANSITIONS[S.ERASED] == frozenset()
    assert all(may_follow(state, S.ERASED) for state in ReferralState if state is not S.ERASED)


def test_every_open_referral_can_be_withdrawn_held_or_worked_on_again() -> None:
    for state in set(ReferralState) - CLOSED:
        assert may_follow(state, S.WITHDRAWN), state
        assert state is S.ON_HOLD or may_follow(state, S.ON_HOLD), state
        assert state is S.RECEIVED or may_follow(state, S.RECEIVED), state


def test_every_state_can_be_reached_and_every_open_one_leads_to_a_decision() -> None:
    assert reached_from(S.RECEIVED) == set(ReferralState)
    for state in set(ReferralState) - CLOSED:
        assert S.DECIDED in reached_from(state), state


def reached_from(start: ReferralState) -> set[ReferralState]:
    reached, waiting = {start}, [start]
    while waiting:
        new = TRANSITIONS[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def test_only_people_bring_a_referral_from_received_to_decided() -> None:
    """Work alone ends in ready: no step leads from the workers' states to a decision."""
    for state in (S.RECEIVED, S.QUEUED, S.WORKING, S.FAILED, S.DUPLICATE):
        assert not TRANSITIONS[state] & {S.IN_REVIEW, S.AWAITING_SECOND, S.DECIDED}


def test_a_step_leaves_words_a_moment_and_an_event_with_no_words_in_it(world: World) -> None:
    with world.database.write() as session:
        referral = a_referral(session, state=S.WORKING)
        before = referral.state_since
        move(session, referral, S.FAILED, WORKER, "the picture of X broke the reader")
        (event, *_) = ledger.events(session)
        assert referral.reason == "the picture of X broke the reader"
        assert referral.state_since > before
    assert (event.action, event.target) == ("referral.moved", ids.public("referral", referral.id))
    reason = KEYS.keyed_hash("the picture of X broke the reader")
    assert event.details == {"from": "working", "to": "failed", "reason": reason}


def test_the_first_time_it_is_ready_is_kept(world: World) -> None:
    with world.database.write() as session:
        referral = a_referral(session, state=S.WORKING)
        assert referral.ready_at is None
        first = move(session, referral, S.READY, WORKER).ready_at
        assert first is not None
        for to in (S.RECEIVED, S.WORKING, S.READY):
            move(session, referral, to, WORKER)
        assert referral.ready_at == first


def test_a_step_that_is_not_listed_is_refused_and_leaves_no_trace(world: World) -> None:
    with world.database.write() as session:
        referral = a_referral(session, state=S.RECEIVED)
        length = ledger.verify(session).length
        with pytest.raises(WrongTransition, match="is received and cannot become in review") as refusal:
            move(session, referral, S.IN_REVIEW, WORKER)
        assert (referral.state, ledger.verify(session).length) == (S.RECEIVED, length)
    assert refusal.value.exit_code == 3


def test_a_referral_from_an_earlier_session_is_moved_as_it_stands_now(world: World) -> None:
    with world.database.write() as session:
        stale = a_referral(session, state=S.READY)
    with world.database.write() as session:
        move(session, stale, S.IN_REVIEW, WORKER)
    with world.database.write() as session:
        move(session, stale, S.DECIDED, WORKER)
    with world.database.read() as session:
        assert session.get_one(Referral, stale.id).state is S.DECIDED


class StateMachine(RuleBasedStateMachine):
    """A few referrals that anything is tried on, beside a model of where each stands."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.begun = self.world.database.write()
        self.session = self.begun.__enter__()
        self.model = {a_referral(self.session, state=S.RECEIVED).id: S.RECEIVED for _ in range(3)}
        self.events = ledger.verify(self.session).length

    def teardown(self) -> None:
        with suppress(_Undone):
            self.begun.__exit__(_Undone, _Undone(), None)

    @rule(which=st.integers(0, 2), to=st.sampled_from(ReferralState))
    def attempt(self, which: int, to: ReferralState) -> None:
        number = sorted(self.model)[which]
        referral = self.session.get_one(Referral, number)
        try:
            move(self.session, referral, to, WORKER)
        except WrongTransition:
            assert to not in TRANSITIONS[self.model[number]]
        else:
            assert to in TRANSITIONS[self.model[number]]
            self.model[number] = to
            self.events += 1

    @invariant()
    def every_referral_is_in_the_one_state_that_the_steps_led_to(self) -> None:
        self.session.expire_all()
        stored = {number: self.session.get_one(Referral, number).state for number in self.model}
        assert stored == self.model

    @invariant()
    def the_ledger_has_one_event_per_step(self) -> None:
        report = ledger.verify(self.session)
        assert (report.ok, report.length) == (True, self.events)


class _Undone(Exception):
    pass


@pytest.fixture
def machine(world: World) -> Iterator[type[StateMachine]]:
    StateMachine.world = world
    yield StateMachine
    del StateMachine.world


def test_whatever_is_tried_only_listed_steps_happen(machine: type[StateMachine]) -> None:
    run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=40, deadline=None))
