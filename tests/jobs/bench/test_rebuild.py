"""The measurement of a build beside searches works on a small gallery."""

import pytest

from config.settings import Settings
from jobs.bench.parts import Conditions
from jobs.bench.rebuild import measure_gallery


@pytest.mark.slow
def test_it_says_how_long_builds_and_searches_take_and_that_new_faces_are_found() -> None:
    rows = list(measure_gallery(3_000, Conditions(Settings(), 1, (), (), None, lambda _: None)))
    what = [row.what for row in rows]
    assert what[:2] == ["3,000 faces, the index built", "a whole search"]
    assert "searches until a face committed meanwhile is found" in what
    assert what[-1] == "3,000 faces, built again while searches go on"
    assert all(row.figure is not None for row in rows)
