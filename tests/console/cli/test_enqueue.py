"""`triage enqueue`: which inputs its arguments name."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from console.cli import enqueue
from engine.formats.read import Format


def test_a_dash_reads_paths_whatever_bytes_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = "first.jpg\nSøren\x1b.jpg\n\n".encode() + b"\xff.jpg\n"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(listing)))
    found = list(enqueue._sources(["before", "-", "after"], Format.AUTO))
    assert found == [
        Path("before"),
        Path("first.jpg"),
        Path("Søren\x1b.jpg"),
        Path("\udcff.jpg"),
        Path("after"),
    ]


@pytest.mark.parametrize(("text", "number"), [("urgent", 0), ("normal", 50), ("low", 90), ("0", 0), ("99", 99)])
def test_a_priority_is_a_word_or_a_number(text: str, number: int) -> None:
    assert enqueue._priority(text) == number


@pytest.mark.parametrize("text", ["", "soon", "-1", "100", "5.5", "²"])
def test_any_other_priority_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        enqueue._priority(text)
