"""The order of referrals: which rules apply, what they make of the place and lane, and what a change of rules does."""

from datetime import timedelta

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from config.priority import load_rules, parse_rules
from engine.formats.incoming import Fact, IncomingFile, IncomingReferral
from engine.records.actors import Actor
from engine.records.intake import batches, cases, priority
from engine.records.intake.admission import receive
from engine.records.intake.states import move
from engine.records.schema import LedgerEvent, Referral, ViralFile, now
from engine.records.words import Lane, ReferralState, UserRole
from tests.engine.records.records_world import WORKER, World, a_user

NEW_ONLY = parse_rules(
    '[[rule]]\nname = "new"\npoints = 10\nbecause = "It is new."\nwhen = { new_material = true }\n', "test"
)


def taken_in(session, world: World, *files: bytes, given: int = 50, rules=None, **told) -> Referral:
    batch = batches.start_batch(session, actor=WORKER)
    named = tuple(IncomingFile(f"{number}.jpg", "image", data=data) for number, data in enumerate(files))
    incoming = IncomingReferral("report", named, report_number=told.pop("report_number", str(batch.id)), **told)
    referral = receive(session, world.vault, batch, incoming, actor=WORKER, priority=given).referral
    if rules is not None:
        session.flush()
        priority.settle(session, [referral.id], rules)
    return referral


def rules_of(conditions: str, points: int = 50):
    text = f'[[rule]]\nname = "one"\npoints = {points}\nbecause = "It applies."\nwhen = {{ {conditions} }}\n'
    return parse_rules(text, "test")


def test_an_escalated_report_is_urgent_by_the_rules_that_come_with_triage(world: World) -> None:
    told = (Fact("incident", "escalateToHighPriority", "child at risk now", "incidentSummary/escalateToHighPriority"),)
    with world.database.write() as session:
        referral = taken_in(session, world, b"one", facts=told, rules=load_rules(None))
        assert (referral.priority, referral.lane) == (0, Lane.URGENT)
        explained = priority.explain(session, referral)
        assert [one["rule"] for one in explained.grounds] == ["escalated", "new material"]
        assert explained.given == 50


@pytest.mark.parametrize(
    ("conditions", "applies"),
    [
        ('says = "live stream"', True),
        ('says = ["stream"]', True),
        ('says = "live stre"', False),
        ('says = "LIVE\\tSTREAM"', True),
        ('fact = { label = "incidentType", contains = "entice" }', True),
        ('fact = { label = "INCIDENTTYPE", is = "online enticement" }', True),
        ('fact = { label = "incidentType", is = "entice" }', False),
        ('fact = { label = "incidentType" }', True),
        ('fact = { label = "infant" }', False),
        ("incident_days_at_most = 7", True),
        ("incident_days_at_most = 1", False),
        ("files_at_least = 2", True),
        ("files_at_least = 3", False),
        ("given_at_most = 50", True),
        ("given_at_most = 49", False),
        ("case = true", False),
        ("case = false", True),
        ("escalated = true", False),
        ("escalated = false", True),
        ("new_material = true", True),
        ("viral_only = true", False),
        ('known = "viral"', False),
        ("received_days_at_least = 1", False),
        ("received_days_at_least = 0, files_at_least = 2", True),
        ("received_days_at_least = 0, files_at_least = 9", False),
    ],
)
def test_conditions(world: World, conditions: str, applies: bool) -> None:
    happened = (now() - timedelta(days=3)).isoformat()
    told = (
        Fact("incident", "incidentType", "Online Enticement"),
        Fact("incident", "incidentDateTime", happened),
    )
    with world.database.write() as session:
        referral = taken_in(session, world, b"1", b"2", facts=told, narrative="A live  Stream was seen.")
        settled = priority.settle(session, [referral.id], rules_of(conditions))
        assert settled.now_urgent == ([referral.id] if applies else [])


def test_what_came_before_is_not_new_and_what_is_viral_only_waits(world: World) -> None:
    with world.database.write() as session:
        first = taken_in(session, world, b"same", rules=NEW_ONLY)
        second = taken_in(session, world, b"same", rules=NEW_ONLY)
        third = taken_in(session, world, b"same", b"other", rules=NEW_ONLY)
        assert [one.priority for one in (first, second, third)] == [40, 50, 40]
        [media] = priority.about(session, [first.id], (), texts=False)[first.id].files
        session.add(ViralFile(media_id=media, referrals=3, days=30))
        session.flush()
        priority.settle(session, [first.id, second.id, third.id], rules_of("viral_only = true", -30))
        assert [one.priority for one in (first, second, third)] == [80, 80, 50]


@any_of(st.integers(0, 99), st.lists(st.integers(-99, 99), max_size=5))
def test_the_place_is_always_on_the_scale_and_urgent_stays_urgent(given: int, points: list[int]) -> None:
    text = "".join(
        f'[[rule]]\nname = "{n}"\npoints = {p}\nbecause = "It is so."\nwhen = {{ case = false }}\n'
        for n, p in enumerate(points)
    )
    place = priority._place(given, parse_rules(text, "test").rules)
    assert 0 <= place <= 99
    assert given > 0 or place == 0


def test_other_rules_are_in_the_ledger_and_put_what_waits_in_another_order(world: World) -> None:
    with world.database.write() as session:
        priority.adopt(session, NEW_ONLY, actor=WORKER)
        one = taken_in(session, world, b"one", rules=NEW_ONLY)
        done = taken_in(session, world, b"two", rules=NEW_ONLY)
        for state in (ReferralState.WORKING, ReferralState.READY, ReferralState.DECIDED):
            move(session, done, state, WORKER)
        assert priority.due(session, NEW_ONLY) == []
        other = rules_of("new_material = true", -7)
        assert priority.adopt(session, other, actor=WORKER)
        assert not priority.adopt(session, other, actor=WORKER)
        assert priority.due(session, other) == [one.id]
        priority.settle(session, [one.id, done.id], other)
        assert (one.priority, done.priority) == (57, 40)
        events = session.query(LedgerEvent).filter_by(action="priority.rules_changed").all()
        assert [event.details["digest"] for event in events] == [NEW_ONLY.digest, other.digest]


def test_a_link_to_a_case_and_a_supplement_have_the_rules_asked_again(world: World) -> None:
    rules = rules_of("case = true", 10)
    with world.database.write() as session:
        chief = Actor.user(a_user(session, "chief", UserRole.SUPERVISOR))
        referral = taken_in(session, world, b"one", rules=rules, report_number="7")
        cases.link_case(session, cases.create_case(session, "k", actor=chief), referral, actor=chief)
        assert priority.due(session, rules) == [referral.id]
        priority.settle(session, [referral.id], rules)
        assert referral.priority == 40
        taken_in(session, world, b"two", given=20, report_number="7")
        assert referral.priority == 20
        assert priority.due(session, rules) == [referral.id]
        priority.settle(session, [referral.id], rules)
        assert referral.priority == 10


def test_time_alone_moves_a_referral_where_rules_speak_of_days(world: World) -> None:
    rules = rules_of("received_days_at_least = 7", 5)
    with world.database.write() as session:
        referral = taken_in(session, world, b"one", rules=rules)
        assert priority.due(session, rules) == []
        later = now() + timedelta(days=8)
        assert priority.due(session, rules, at=later) == [referral.id]
        priority.settle(session, [referral.id], rules, at=later)
        assert referral.priority == 45


def test_rules_that_cannot_be_used_leave_those_from_before_in_force(world: World, tmp_path) -> None:
    file = tmp_path / "rules.toml"
    with world.database.write() as session:
        priority.adopt(session, NEW_ONLY, actor=WORKER)
        file.write_text("[[rule]]\nname = 1\n")
        rules, warning = priority.rules_in_force(session, str(file))
        assert rules.digest == NEW_ONLY.digest
        assert "line 2, rule 1" in (warning or "")
