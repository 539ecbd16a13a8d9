"""Cautions about the time between two pictures, and about faces below what the model can do, on either side."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.records.people.galleries import enrol
from engine.records.schema import Media
from engine.search.cautions import UNKNOWN_GAP, of_dates, of_quality
from engine.search.probes import Quality
from engine.vision.marks import PROFILE, TOO_BLURRED, TOO_SMALL
from tests.engine.records.records_world import WORKER, World, a_gallery
from tests.engine.search.search_world import a_picture, a_subject, probe_of
from tests.engine.search.test_candidates import propose

MADE = datetime(2020, 5, 1, tzinfo=UTC)


def after(days: float) -> Quality:
    return Quality(60.0, 100.0, 0.0, MADE + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, []),
        (340, []),
        (366, ["12 months between the pictures: children change fast"]),
        (640, ["21 months between the pictures: children change fast"]),
        (3 * 365.25, ["3 years between the pictures: children change fast"]),
    ],
)
def test_a_long_time_between_two_pictures_is_said_whichever_is_older(days: float, said: list[str]) -> None:
    assert of_dates(after(0), after(days), long_gap_months=12) == said
    assert of_dates(after(days), after(0), long_gap_months=12) == said


GOOD = Quality(TOO_SMALL, TOO_BLURRED, PROFILE - 1)


@pytest.mark.parametrize(
    ("probe", "candidate", "said"),
    [
        (GOOD, GOOD, []),
        (Quality(TOO_SMALL - 0.1, 100.0, 0.0), GOOD, ["hard to compare: probe too small"]),
        (GOOD, Quality(60.0, TOO_BLURRED - 0.1, 0.0), ["hard to compare: candidate too blurred"]),
        (GOOD, Quality(60.0, 100.0, -PROFILE), ["hard to compare: candidate profile"]),
        (
            Quality(3.0, 1.0, 0.0),
            Quality(60.0, 1.0, 0.0),
            ["hard to compare: probe too small and too blurred; candidate too blurred"],
        ),
    ],
)
def test_the_marks_of_both_faces_are_one_caution(probe: Quality, candidate: Quality, said: list[str]) -> None:
    assert of_quality(probe, candidate) == said


def test_the_unit_sets_what_is_long() -> None:
    assert of_dates(after(0), after(190), long_gap_months=6) == ["6 months between the pictures: children change fast"]
    assert of_dates(after(0), after(5000), long_gap_months=600) == []


def test_a_missing_date_on_either_side_is_said() -> None:
    unknown = Quality(60.0, 100.0, 0.0)
    for pair in ((unknown, after(0)), (after(0), unknown), (unknown, unknown)):
        assert of_dates(*pair, long_gap_months=12) == [UNKNOWN_GAP]


def test_a_candidate_carries_the_caution_from_the_dates_of_both_files(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        media, faces = a_picture(session, world.vault, [[1, 0, 0, 0]])
        media.captured_at = MADE
        enrol(session, gallery, "Emma", [(face, "emma.jpg") for face in faces], actor=WORKER)
        subject = a_subject(session, world.vault, [[1, 0.1, 0, 0]])
        (before,) = propose(session, tmp_path, probe_of(session, subject), gallery).candidates
        for one in session.query(Media).where(Media.id != media.id):
            one.captured_at = MADE + timedelta(days=4 * 365.25)
        session.flush()
        (dated,) = propose(session, tmp_path, probe_of(session, subject), gallery).candidates
    assert before.cautions == (UNKNOWN_GAP,)
    assert dated.cautions == ("4 years between the pictures: children change fast",)
