"""`triage bench` prints what was measured, as a table and as JSON of one shape."""

import pytest

from tests.console.cli.program import Program

pytestmark = pytest.mark.slow

FIELDS = {"part", "what", "figure", "unit", "beside", "beside_figure", "ratio", "asked", "reached"}


def test_the_figures_come_as_json(empty: Program) -> None:
    done = empty("bench", "detection", "--size", "64x32", "--batch", "2", "--rounds", "1", "--json")
    assert {"processor", "cores", "load", "torch", "measured_at"} <= set(done.document["machine"])
    rows = done.document["rows"]
    assert [(row["what"], row["beside"]) for row in rows] == [
        ("64 x 32, 2 at once", "plain PyTorch"),
        ("64 x 32, 2 at once", "product of matrices"),
    ]
    for row in rows:
        assert set(row) == FIELDS
        assert row["figure"] > 0
        assert row["asked"] is None and row["reached"] is None


def test_people_get_a_table(empty: Program) -> None:
    done = empty("bench", "detection", "embedder", "--size", "64x32", "--batch", "1", "--rounds", "1")
    assert done.code == 0
    assert "64 x 32, 1 at once" in done.out
    assert "at least 2 times" in done.out
    assert "the load at the beginning was" in done.out


def test_a_part_that_there_is_none_of_is_wrong_usage(empty: Program) -> None:
    done = empty("bench", "speed")
    assert done.code == 2
    assert "detection" in done.err


@pytest.mark.parametrize("size", ["big", "64", "0x32", "64x33", "-64x32"])
def test_sizes_that_the_network_does_not_take_are_wrong_usage(empty: Program, size: str) -> None:
    done = empty("bench", f"--size={size}")
    assert done.code == 2
    assert size in done.err
