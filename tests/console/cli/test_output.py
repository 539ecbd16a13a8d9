"""What is printed: nothing from outside steers the terminal, JSON loses nothing, tables and times read well."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cli import output

HOSTILE = "\x1b]0;owned\x07\x1b[2Jx\x9b31m\u202egnp.jpg\r\x08\u2066\x7f[red]:smile:\n"
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def written(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


def is_safe(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize(
    "show",
    [
        lambda text: output.print_table(("a", "b"), [(text, 1)], empty=""),
        lambda text: output.print_table(("a",), [], empty=text),
        lambda text: output.print_facts({"name": text}),
        output.print_line,
        output.say,
        output.print_json,
    ],
)
def test_nothing_steers_the_terminal(show: Any, capsys: pytest.CaptureFixture[str]) -> None:
    show(HOSTILE)
    text = written(capsys)
    assert is_safe(text)
    assert "[red]:smile:" in text


@given(st.text(st.characters(codec=None, exclude_categories=[])))
def test_json_loses_nothing_and_is_safe(text: str) -> None:
    buffer: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(output, "write_text", buffer.append)
        output.print_json({"name": text})
    (document,) = buffer
    assert is_safe(document)
    assert json.loads(document) == json.loads(json.dumps({"name": text}))


def test_json_keeps_letters_readable(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({"name": "Søren Ærø"})
    assert "Søren Ærø" in capsys.readouterr().out


def test_a_forged_line_is_indented(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("There is no case a\ntriage: all is well")
    assert capsys.readouterr().err.splitlines() == ["There is no case a", "  triage: all is well"]


def test_a_row_stays_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("a", "b"), [("first\nsecond " + 100 * "long ", "end")], empty="")
    header, row = capsys.readouterr().out.splitlines()
    assert row.startswith("first second long")
    assert row.endswith("end")
    assert header.split() == ["a", "b"]


def test_numbers_stand_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("n",), [(1,), (1000,)], empty="")
    assert capsys.readouterr().out.splitlines()[1:] == ["   1", "1000"]


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=12, hours=23), "12 d"),
        (timedelta(days=-12, seconds=-5), "in 12 d"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(ago: timedelta, words: str) -> None:
    assert output.age(NOW - ago, now=NOW) == words


def test_a_moment_is_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Copenhagen")
    time.tzset()
    assert output.moment(NOW) == "2026-05-04 14:00"
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("number", "words"), [(0, "0 faces"), (1, "1 face"), (1200, "1,200 faces")])
def test_numbers_come_with_their_noun(number: int, words: str) -> None:
    assert output.counted(number, "face") == words
