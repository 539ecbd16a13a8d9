"""Pictures go through a real worker in a home of its own, which is gone afterwards."""

import tempfile
from pathlib import Path

import pytest

from jobs.bench.pictures import pictures
from jobs.bench.pipeline import fill, measure
from jobs.bench.temporary import temporary
from jobs.sample_pictures import as_jpeg, astronaut, hopper
from tests.jobs.bench.conditions import conditions


@pytest.fixture
def people(tmp_path: Path) -> Path:
    for name, picture in (("eileen", astronaut()), ("grace", hopper())):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jpg").write_bytes(as_jpeg(picture))
        (tmp_path / name / "notes.txt").write_text("no picture")
    return tmp_path


def test_people_are_told_by_their_folders(people: Path) -> None:
    shown = pictures(conditions(pictures=people))
    assert [(picture.name, picture.person) for picture in shown] == [
        ("eileen/1.jpg", "eileen"),
        ("grace/1.jpg", "grace"),
    ]


def test_without_a_folder_there_are_two_takes_of_each_sample() -> None:
    shown = pictures(conditions())
    assert len(shown) == 40
    assert all(sum(other.person == picture.person for other in shown) == 2 for picture in shown)


def test_pictures_are_laid_into_referrals_of_so_many(people: Path, tmp_path: Path) -> None:
    shown = pictures(conditions(pictures=people)) * 2
    fill(tmp_path / "in", shown, 3, mark=b"m")
    assert [len(list(folder.iterdir())) for folder in sorted((tmp_path / "in").iterdir())] == [3, 1]
    assert (tmp_path / "in" / "00000" / "00000.jpg").read_bytes() == shown[0].data + b"m"


@pytest.mark.slow
def test_workers_are_measured_beside_one_loop_and_leave_nothing(people: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("triage-bench-*"))
    rows = list(measure(conditions(pictures=people)))
    assert [(row.unit, row.beside) for row in rows] == [
        ("pictures per second", "one loop"),
        ("processor ms per picture", "one loop"),
    ] * 2
    assert all(row.figure > 0 and row.beside_figure > 0 for row in rows)
    assert set(Path(tempfile.gettempdir()).glob("triage-bench-*")) <= before


@pytest.mark.slow
def test_no_variable_of_the_user_reaches_the_workers(people: Path, monkeypatch) -> None:
    # Workers that read it would fail to start.
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "sqlite:////nowhere/at/all")
    with temporary(conditions().settings) as here:
        numbers = here.take_in(fill(people / "in", pictures(conditions(pictures=people)), 2))
        assert here.finish(numbers) > 0
