"""Tests of batches and of the sums that must close over them."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput
from engine.records.errors import NotFound
from engine.records.intake import batches
from engine.records.intake.accounting import account
from engine.records.intake.admission import receive
from tests.engine.records.records_world import WORKER, World

_ONE = IncomingReferral("one", (IncomingFile("a.jpg", "image", data=b"a"),))
_SUPPLEMENTED = [
    IncomingReferral("first", (IncomingFile("a.jpg", "image", data=b"a"),), report_number="7"),
    IncomingReferral("more", (IncomingFile("b.jpg", "image", data=b"b"),), report_number="7"),
]
_WITH_A_LEFT_OUT_FILE = IncomingReferral(
    "two", (IncomingFile("b.jpg", "image", data=b"b"),), (RefusedInput("x.jpg", "it is a symbolic link"),)
)
INPUTS = [_ONE, *_SUPPLEMENTED, _WITH_A_LEFT_OUT_FILE, RefusedInput("empty", "the folder holds no files")]


def take_in(world: World, inputs: list[IncomingReferral | RefusedInput], *, finish: bool = True) -> int:
    with world.database.write() as session:
        batch = batches.start_batch(session, actor=WORKER)
        for one in inputs:
            if isinstance(one, RefusedInput):
                batches.refuse(session, batch, one.path, one.reason, actor=WORKER)
            else:
                receive(session, world.vault, batch, one, actor=WORKER)
        if finish:
            batches.finish_batch(session, batch, inputs=len(inputs), actor=WORKER)
    return batch.id


def test_the_summary_names_every_referral_and_every_refusal(world: World) -> None:
    take_in(world, [_ONE])
    number = take_in(world, INPUTS)
    with world.database.read() as session:
        summary = batches.batch_summary(session, batches.get_batch(session, number))
    assert summary["batch"] == "B2"
    assert summary["received"] == 4
    shown = [
        (one["id"], one["state"], one["media"], one["version"], one["duplicate_of"]) for one in summary["referrals"]
    ]
    assert shown == [
        ("R2", "duplicate", 1, 1, "R1"),
        ("R3", "received", 1, 1, None),
        ("R3", "received", 1, 2, None),
        ("R4", "received", 1, 1, None),
    ]
    (file,) = summary["referrals"][1]["files"]
    assert file == {"name": "a.jpg", "id": "M1", "sha256": hashlib.sha256(b"a").hexdigest(), "size": 1}
    assert [one["files"][0]["name"] for one in summary["referrals"]] == ["a.jpg", "a.jpg", "b.jpg", "b.jpg"]
    assert summary["refused"] == [
        {"path": "x.jpg", "reason": "it is a symbolic link", "referral": "R4"},
        {"path": "empty", "reason": "the folder holds no files", "referral": None},
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(INPUTS), max_size=6), max_size=3))
def test_whatever_comes_in_the_sums_close(world: World, runs: list[list[IncomingReferral | RefusedInput]]) -> None:
    with world.database.read() as session:
        before = account(session)
    for inputs in runs:
        number = take_in(world, inputs)
        with world.database.read() as session:
            of_batch = account(session, batches.get_batch(session, number))
        assert of_batch.closes, of_batch
        assert of_batch.inputs == len(inputs) == of_batch.deliveries + of_batch.refused
    with world.database.read() as session:
        after = account(session)
    assert after.closes, after
    assert after.inputs - before.inputs == sum(map(len, runs))
    assert sum(after.by_state.values()) == after.referrals


def test_an_input_that_got_lost_is_a_difference(world: World) -> None:
    with world.database.write() as session:
        batch = batches.start_batch(session, actor=WORKER)
        receive(session, world.vault, batch, _ONE, actor=WORKER)
        batches.finish_batch(session, batch, inputs=2, actor=WORKER)
        accounting = account(session)
    assert not accounting.closes
    assert accounting.difference == ("B1 had 2 inputs, of which 1 are referrals or refusals",)


def test_a_batch_that_was_interrupted_is_named_and_is_no_difference(world: World) -> None:
    take_in(world, [_ONE], finish=False)
    with world.database.read() as session:
        accounting = account(session)
    assert (accounting.unfinished, accounting.closes) == (("B1",), True)


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        ("UPDATE referrals SET state = 'limbo'", "1 referrals are in no known state: limbo (R1)"),
        ("DELETE FROM referral_versions", "1 referrals were never delivered by a batch: R1"),
        ("UPDATE referrals SET version = 3", "1 referrals have versions that no batch delivered: R1"),
        ("UPDATE referrals SET state = 'duplicate'", "1 duplicates do not say what they duplicate: R1"),
    ],
)
def test_what_a_foreign_hand_breaks_is_a_difference(world: World, statement: str, difference: str) -> None:
    take_in(world, [_ONE])
    with world.database.write() as session:
        session.execute(text(statement))
    with world.database.read() as session:
        accounting = account(session)
    assert not accounting.closes
    assert difference in accounting.difference


def test_batches_are_listed_newest_first_and_a_missing_one_is_named(world: World) -> None:
    numbers = [take_in(world, [_ONE]) for _ in range(3)]
    with world.database.read() as session:
        assert [batch.id for batch in batches.list_batches(session, limit=2)] == [numbers[2], numbers[1]]
        with pytest.raises(NotFound, match="B99"):
            batches.get_batch(session, 99)
