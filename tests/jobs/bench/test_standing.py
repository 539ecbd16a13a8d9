"""The measurement of standing searches works on a small unit."""

from config.settings import Settings
from jobs.bench.parts import Conditions
from jobs.bench.standing import measure_unit


def test_it_says_what_arrivals_cost_together_and_one_by_one() -> None:
    conditions = Conditions(Settings(), 1, (), (), None, lambda _: None)
    rows = list(measure_unit(60, (1, 5), conditions))
    assert [row.what for row in rows] == [
        "1 arrivals, 60 subjects",
        "5 arrivals, 60 subjects",
        "memory they took together",
    ]
    assert all(row.figure is not None for row in rows)
    assert all(row.ratio is not None for row in rows[:2])
