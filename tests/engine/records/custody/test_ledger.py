"""Tests of the ledger: whatever is changed, removed or reordered is found."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.records.custody import ledger
from engine.records.custody.keys import Keys
from engine.records.database import Database
from engine.records.errors import LedgerBroken
from tests.engine.records.records_world import WORKER, World

EVENTS = 12
#: A value of another kind, text that is no JSON and moments that are none are what a foreign hand may write.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(-3, 40),
    "unit_id": st.just(2),
    "at": st.datetimes().map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S.%f")) | st.text(max_size=5),
    "actor": st.text(max_size=10),
    "action": st.text(max_size=10),
    "target": st.text(max_size=10),
    "details": st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    ).map(json.dumps)
    | st.just("{"),
    "previous": st.text("0123456789abcdef", min_size=64, max_size=64) | st.just(""),
    "seal": st.text("0123456789abcdef", min_size=64, max_size=64) | st.just(""),
}


@pytest.fixture(scope="module")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database whose ledger holds EVENTS events, the first with the newest details of every kind."""
    world = World.copy(template, tmp_path_factory.mktemp("ledger"))
    with world.database.write() as session:
        for number in range(EVENTS - ledger.verify(session).length):
            details: dict[str, ledger.Detail] = {"n": number, "share": 0.25, "who": "æ", "list": [1, None, True]}
            ledger.record(session, actor=WORKER, action="tested", target=f"R{number + 1}", **details)
        session.execute(
            text("INSERT INTO units (id, name, key_check, created_at) SELECT 2, 'two', '', created_at FROM units")
        )
    return world.database


@contextmanager
def tampered(database: Database) -> Iterator[Session]:
    """A write in which the triggers are gone, rolled back at the end."""
    with pytest.raises(_Undone), database.write() as session:
        session.execute(text("DROP TRIGGER ledger_events_unchanged"))
        session.execute(text("DROP TRIGGER ledger_events_stays"))
        yield session
        raise _Undone


class _Undone(Exception):
    pass


def test_an_untouched_ledger_holds_and_its_newest_events_come_first(filled: Database) -> None:
    with filled.read() as session:
        report = ledger.verify(session)
        assert (report.ok, report.length, report.first_bad) == (True, EVENTS, None)
        newest = ledger.events(session, limit=2)
        assert [event.id for event in newest] == [EVENTS, EVENTS - 1]
        assert newest[0].seal == report.seal
        assert [event.target for event in ledger.events(session, target="R3")] == ["R3"]


@given(st.integers(1, EVENTS), st.sampled_from(sorted(VALUES)), st.data())
def test_any_change_of_any_event_is_found(filled: Database, number: int, column: str, data: st.DataObject) -> None:
    value = data.draw(VALUES[column])
    with tampered(filled) as session:
        stored = session.execute(text(f"SELECT {column} FROM ledger_events WHERE id = {number}")).scalar_one()
        assume(not _same(column, stored, value))
        # Two events cannot have one number; taking a free one is the change that can be made.
        taken = column == "id" and value in range(1, EVENTS + 1)
        assume(not taken)
        session.execute(text(f"UPDATE ledger_events SET {column} = :value WHERE id = {number}"), {"value": value})
        report = ledger.verify(session)
    assert not report.ok
    assert report.first_bad is not None
    assert report.first_bad <= number + 1


def _same(column: str, stored: Any, value: Any) -> bool:
    if column != "details":
        return bool(stored == value)
    try:
        # True and 1, and 1 and 1.0, are equal in Python and not the same in JSON.
        return json.dumps(json.loads(stored), sort_keys=True) == json.dumps(json.loads(value), sort_keys=True)
    except ValueError:
        return False


@given(st.sets(st.integers(1, EVENTS), min_size=1))
def test_any_missing_events_are_found(filled: Database, gone: set[int]) -> None:
    with tampered(filled) as session:
        session.execute(text(f"DELETE FROM ledger_events WHERE id IN ({', '.join(map(str, gone))})"))
        report = ledger.verify(session)
    assert not report.ok
    assert report.first_bad == min(gone)


@given(st.sets(st.integers(1, EVENTS), min_size=1, max_size=EVENTS - 1))
def test_events_that_close_the_gap_of_missing_ones_are_found(filled: Database, gone: set[int]) -> None:
    with tampered(filled) as session:
        session.execute(text(f"DELETE FROM ledger_events WHERE id IN ({', '.join(map(str, gone))})"))
        kept = [number for number in range(1, EVENTS + 1) if number not in gone]
        for place, number in enumerate(kept, start=1):
            session.execute(text(f"UPDATE ledger_events SET id = {place} WHERE id = {number}"))
        report = ledger.verify(session)
    assert not report.ok


@given(st.integers(1, EVENTS), st.integers(1, EVENTS))
def test_exchanged_events_are_found(filled: Database, one: int, other: int) -> None:
    assume(one != other)
    with tampered(filled) as session:
        for before, after in ((one, 99), (other, one), (99, other)):
            session.execute(text(f"UPDATE ledger_events SET id = {after} WHERE id = {before}"))
        report = ledger.verify(session)
    assert not report.ok
    assert report.first_bad == min(one, other)


HEADS: dict[str, Callable[[Session], object]] = {
    "removed": lambda session: session.execute(text("DELETE FROM ledger_heads")),
    "shortened with the end": lambda session: (
        session.execute(text(f"DELETE FROM ledger_events WHERE id = {EVENTS}")),
        session.execute(
            text(
                "UPDATE ledger_heads SET length = length - 1,"
                f" seal = (SELECT seal FROM ledger_events WHERE id = {EVENTS - 1})"
            )
        ),
    ),
    "removed with all events": lambda session: (
        session.execute(text("DELETE FROM ledger_events")),
        session.execute(text("DELETE FROM ledger_heads")),
    ),
    "lengthened": lambda session: session.execute(text("UPDATE ledger_heads SET length = length + 1")),
    "given another proof": lambda session: session.execute(text("UPDATE ledger_heads SET proof = seal")),
}


@pytest.mark.parametrize("how", sorted(HEADS))
def test_a_head_that_was_tampered_with_is_found_and_nothing_more_is_recorded(filled: Database, how: str) -> None:
    with tampered(filled) as session:
        HEADS[how](session)
        assert not ledger.verify(session).ok
        with pytest.raises(LedgerBroken):
            ledger.record(session, actor=WORKER, action="tested", target="R1")


COLUMNS = "unit_id, at, actor, action, target, details, previous, seal"


def test_an_event_that_somebody_appends_without_the_key_is_found(filled: Database) -> None:
    with tampered(filled) as session:
        session.execute(
            text(
                f"INSERT INTO ledger_events (id, {COLUMNS})"
                f" SELECT id + 1, {COLUMNS} FROM ledger_events WHERE id = {EVENTS}"
            )
        )
        report = ledger.verify(session)
    assert (report.ok, report.first_bad) == (False, EVENTS + 1)


def test_an_event_of_another_course_of_things_does_not_fit_in(filled: Database) -> None:
    """As when a backup is restored, work goes on, and an event of the lost days is put in the place of a new one."""
    with pytest.raises(_Undone), filled.write() as session:
        lost = ledger.record(session, actor=WORKER, action="tested", target="R77")
        raise _Undone
    with tampered(filled) as session:
        for _ in range(2):
            ledger.record(session, actor=WORKER, action="tested", target="R78")
        values = {column: getattr(lost, column) for column in ("target", "seal")}
        values["at"] = lost.at.strftime("%Y-%m-%d %H:%M:%S.%f")
        statement = "UPDATE ledger_events SET target = :target, at = :at, details = '{}', seal = :seal WHERE id = "
        session.execute(text(statement + str(lost.id)), values)
        report = ledger.verify(session)
    assert (report.ok, report.first_bad) == (False, lost.id + 1)
    assert report.reason is not None
    assert "does not follow" in report.reason


def test_another_deployments_key_does_not_vouch_for_the_ledger(filled: Database) -> None:
    with filled.bind(Keys(bytes(32)), 1).read() as session:
        report = ledger.verify(session)
    assert (report.ok, report.first_bad) == (False, 1)


@pytest.mark.parametrize("statement", ["UPDATE ledger_events SET actor = 'me'", "DELETE FROM ledger_events"])
def test_the_database_itself_refuses_to_change_or_delete_events(filled: Database, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), filled.write() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("detail", [float("nan"), float("inf"), object()])
def test_a_detail_that_json_cannot_hold_is_refused_and_leaves_the_ledger_whole(filled: Database, detail: Any) -> None:
    with pytest.raises((ValueError, TypeError)), filled.write() as session:
        ledger.record(session, actor=WORKER, action="tested", target="R1", detail=detail)
    with filled.read() as session:
        assert ledger.verify(session).ok
