"""Reasons of failures: useful to the person on call, and never a word of what was worked on."""

import errno
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rq.exceptions import AbandonedJobError
from sqlalchemy.exc import OperationalError

from engine.records.errors import NoPermit
from jobs.failures import grouped, reason_of
from jobs.time_limit import TimedOut


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NoPermit("Jane Doe", "hint"), "NoPermit: No permit in force covers the search."),
        (OSError(errno.ENOSPC, "x", "/secret"), "OSError: No space left on device"),
        (AbandonedJobError(), "AbandonedJobError: its worker ended in the middle of it"),
        (TimedOut("x"), "TimedOut: It took longer than worker.job_timeout_seconds."),
        (
            OperationalError("select name", {"name": "Jane"}, sqlite3.OperationalError("database or disk is full")),
            "OperationalError: database or disk is full",
        ),
    ],
)
def test_the_reason_says_what_happened(error, reason) -> None:
    assert reason_of(error) == reason


@given(st.text(alphabet="abcdef0123456789", min_size=24, max_size=40), st.sampled_from([ValueError, KeyError, OSError]))
def test_no_message_gets_through(secret, kind) -> None:
    assert secret not in reason_of(kind(secret))


def test_failures_are_counted_by_reason_the_most_frequent_first() -> None:
    assert grouped({"a": "x", "b": "y", "c": "y"}) == [("y", 2), ("x", 1)]
