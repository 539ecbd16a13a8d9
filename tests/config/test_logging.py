"""Logs carry ids and numbers; whatever could be about a person is withheld."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config.groups import Logging
from config.logging import WITHHELD, configure_logging, withhold_content


@pytest.fixture
def stream():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(Logging(format="json"), stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_document_with_its_ids(stream: io.StringIO) -> None:
    structlog.get_logger().info("Referral queued", referral="r-01J", seconds=1.5, retried=False)
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["referral"]) == ("Referral queued", "info", "r-01J")
    assert (line["seconds"], line["retried"]) == (1.5, False)


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    structlog.get_logger().debug("Detail")
    logging.getLogger("library").debug("Detail")
    assert stream.getvalue() == ""


def test_ids_bound_to_the_context_come_along(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(job="j-1"):
        structlog.get_logger().warning("Tried again")
    assert lines(stream)[0]["job"] == "j-1"


def test_an_error_is_reduced_to_its_type_and_place(stream: io.StringIO) -> None:
    try:
        raise OSError("/evidence/anna.jpg")
    except OSError:
        structlog.get_logger().exception("Job failed", job="j-1")
        logging.getLogger("library").exception("Job failed")
    assert "anna" not in stream.getvalue()
    for line in lines(stream):
        assert line["error"] == "OSError"
        assert str(line["raised_at"]).startswith("test_logging.py:")


def test_a_library_s_message_is_written_without_its_arguments(stream: io.StringIO) -> None:
    logging.getLogger("library").warning("Cannot read %s", "/evidence/anna.jpg")
    (line,) = lines(stream)
    assert (line["event"], line["logger"]) == ("Cannot read %s", "library")


def test_lines_for_people_hold_the_same(stream: io.StringIO) -> None:
    configure_logging(Logging(format="console"), stream)
    structlog.get_logger().info("Referral queued", referral="r-01J", path="/evidence/anna.jpg")
    assert "Referral queued" in stream.getvalue()
    assert "r-01J" in stream.getvalue()
    assert "anna" not in stream.getvalue()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("source", "/evidence/x.jpg"),
        ("who", "Anna Jensen"),
        ("contact", "a@example.org"),
        ("name", "Anna"),
        ("items", ["Anna"]),
        ("record", {"name": "Anna"}),
        ("reference", "Åse"),
    ],
)
def test_what_could_be_content_is_withheld(key: str, value: object) -> None:
    assert withhold_content(None, "info", {"event": "Seen", key: value}) == {"event": "Seen", key: WITHHELD}


@given(st.text(min_size=1), st.sampled_from(" /\\@\n'\","))
def test_text_with_a_separator_never_passes(text: str, separator: str) -> None:
    event = withhold_content(None, "info", {"event": "Seen", "field": text + separator + text})
    assert event["field"] == WITHHELD
