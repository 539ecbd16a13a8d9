"""Robustness with the real networks on a table of two people: what is found, and what is left out by name."""

import numpy as np
import pytest

from engine.vision import hardships
from engine.vision.hardships import Hardship
from jobs.errors import BadInput
from jobs.robustness import evaluate_robustness
from tests.jobs.pictures import astronaut, hopper, mirrored, nobody


@pytest.fixture
def table(tmp_path):
    for name, picture in {
        "a1": astronaut(),
        "a2": mirrored(astronaut()),
        "h1": hopper(),
        "h2": mirrored(hopper()),
        "n": nobody(),
    }.items():
        picture.save(tmp_path / f"{name}.png")
    path = tmp_path / "people.csv"
    path.write_text("file,identity\na1.png,a\na2.png,a\nh1.png,h\nh2.png,h\nn.png,nobody\n")
    return path


def test_every_hardship_is_counted_and_what_has_no_face_is_named(bench, table, monkeypatch) -> None:
    ways = (Hardship("as it is", lambda pixels, _: pixels), Hardship("black", lambda pixels, _: np.zeros_like(pixels)))
    monkeypatch.setattr(hardships, "hardships", lambda: ways)
    steps = []
    found = evaluate_robustness(bench, table, table.parent, progress=lambda *step: steps.append(step))
    seen = [(one.hardship, one.probes, one.found, one.rank_1, one.further) for one in found.endured]
    assert seen == [("as it is", 2, 2, 2, 0), ("black", 2, 0, 0, 0)]
    assert (found.people, found.effort, found.left_out) == (2, "usual", ("n.png",))
    assert steps == [(1, 2), (2, 2)]
    assert found.document()["endured"][0]["rank_1"] == 2


def test_a_table_without_second_pictures_is_refused(bench, table) -> None:
    table.write_text("file,identity\na1.png,a\nh1.png,h\n")
    with pytest.raises(BadInput, match="two pictures"):
        evaluate_robustness(bench, table, table.parent, progress=lambda *_: None)
