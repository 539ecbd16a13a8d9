"""What stands on the screen for what is in the records."""

from datetime import UTC, datetime

import pytest

from console.words import date_words, finding_words, quality_words, rarity_in_brief, standing_words, state_words
from engine.records.schema import Face
from engine.records.words import MediaFinding, ReferralState, SubjectStanding
from engine.search.rarity import Rarity, words


def a_face(**qualities: float) -> Face:
    known = {"eye_distance": 60.0, "sharpness": 200.0, "brightness": 128.0, "contrast": 40.0, "yaw": 0.0}
    return Face(**(known | qualities))


@pytest.mark.parametrize(
    ("qualities", "expected"),
    [
        ({}, "clear, frontal"),
        ({"eye_distance": 30}, "small"),
        ({"eye_distance": 12, "sharpness": 20}, "very small, blurred"),
        ({"eye_distance": 4, "sharpness": 1}, "too small, too blurred"),
        ({"brightness": 20, "contrast": 5}, "dark"),
        ({"brightness": 230}, "very bright"),
        ({"contrast": 5}, "flat light"),
        ({"yaw": -30}, "half turned"),
        ({"yaw": 50}, "turned away"),
        ({"yaw": -70}, "profile"),
    ],
)
def test_quality_names_what_stands_in_the_way(qualities: dict[str, float], expected: str) -> None:
    assert quality_words(a_face(**qualities)) == expected


def test_a_blind_examiner_learns_no_more_than_that_a_look_is_wanted() -> None:
    said = {standing_words(standing, blind=True) for standing in SubjectStanding}
    assert said == {"awaits a second look by you"}


def test_every_state_has_words() -> None:
    said = {state_words(state, waits_for_me=False) for state in ReferralState}
    assert len(said) == len(ReferralState)
    assert not any("_" in words for words in said)
    assert state_words(ReferralState.AWAITING_SECOND, waits_for_me=True) == "second look: you"


def test_findings_name_file_reason_and_what_was_tried() -> None:
    tried = finding_words("room.jpg", MediaFinding.NO_FACE, None, ["normal", "border"])
    assert tried == "No face found in room.jpg (tried: normal, border)"
    broken = finding_words("a.jpg", MediaFinding.UNREADABLE, "empty file", [])
    assert broken == "a.jpg is unreadable: empty file"


def test_dates_are_days_or_unknown() -> None:
    assert date_words(datetime(2026, 5, 4, 12, tzinfo=UTC)) == "2026-05-04"
    assert date_words(None) == "date unknown"


@pytest.mark.parametrize(
    ("rarity", "brief"),
    [
        (Rarity(1 / 2300, 1 / 4600, 1 / 1200, 5000), "about 1 in 2,300"),
        (Rarity(0.0, 0.0, 1 / 900, 2700), "fewer than 1 in 900"),
        (Rarity(None, None, None, 3), "not known"),
        (Rarity(0.4, 0.3, 0.5, 300), "about 40 % of"),
    ],
)
def test_a_rarity_in_brief_is_whole(rarity: Rarity, brief: str) -> None:
    assert rarity_in_brief(words(rarity)) == brief
