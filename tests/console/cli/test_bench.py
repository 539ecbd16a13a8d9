"""`triage bench` prints what was measured, as a table and as JSON."""

import pytest

from tests.console.cli.program import Program

pytestmark = pytest.mark.slow


def test_the_figures_come_as_json(empty: Program) -> None:
    done = empty("bench", "--size", "64x32", "--batch", "2", "--rounds", "1", "--json")
    rows = done.document["detection"]
    assert [row["name"] for row in rows] == ["plain PyTorch", "Triage"]
    for row in rows:
        assert (row["width"], row["height"], row["batch"]) == (64, 32, 2)
        assert row["cpu_ms"] > 0


def test_people_get_a_table(empty: Program) -> None:
    done = empty("bench", "--size", "64x32", "--batch", "1", "--rounds", "1")
    assert "times plain" in done.out
    assert "64 x 32" in done.out


@pytest.mark.parametrize("size", ["big", "64", "0x32", "64x33", "-64x32"])
def test_sizes_that_the_network_does_not_take_are_wrong_usage(empty: Program, size: str) -> None:
    done = empty("bench", f"--size={size}")
    assert done.code == 2
    assert size in done.err
