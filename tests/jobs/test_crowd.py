"""A crowd: one picture of a few hundred people is looked at, grouped, searched and shown like any other."""

import io
from pathlib import Path

import pytest
from PIL import Image

from engine.records.faces import subjects
from engine.records.review.documents import show
from engine.records.review.viewing import Viewer
from engine.records.schema import Referral
from engine.records.searching.searches import current_candidates
from engine.records.words import ReferralState, UserRole
from jobs.detecting import detect_media
from jobs.matching import match_referral
from tests.jobs.referrals_world import media_ids, state_of
from tests.jobs.test_matching import delivered, faces_searched

FOLDER = Path("/work/shared/data/faces/orl")
#: Pixels of a face's tile, and tiles in a row and in a column.
WIDE, HIGH, ACROSS, DOWN = 92, 112, 17, 12


def crowd() -> bytes:
    """Pictures of 40 people side by side, each of them about five times."""
    files = sorted(FOLDER.glob("*/*.pgm"), key=lambda file: (file.stem, file.parent.name))[: ACROSS * DOWN]
    if len(files) < ACROSS * DOWN:
        pytest.skip(f"no faces in {FOLDER}")
    sheet = Image.new("L", (WIDE * ACROSS, HIGH * DOWN))
    for place, file in enumerate(files):
        with Image.open(file) as face:
            sheet.paste(face, (place % ACROSS * WIDE, place // ACROSS * HIGH))
    data = io.BytesIO()
    sheet.convert("RGB").save(data, "JPEG", quality=92)
    return data.getvalue()


@pytest.mark.slow
def test_a_crowd_is_found_grouped_searched_and_shown(bench, records, permit) -> None:
    number = delivered(records, crowd())
    detect_media(bench, media_ids(records, number)[0])
    match_referral(bench, number)
    assert state_of(records, number) is ReferralState.READY
    found, searched = faces_searched(records, number)
    assert found == searched
    assert found > 0.9 * ACROSS * DOWN
    with records.database.read() as session:
        referral = session.get_one(Referral, number)
        people = subjects.subjects_of(session, referral)
        # Two faces in one picture count as two people, however alike they are.
        assert len(people) == found
        assert all(current_candidates(session, subject.id) for subject in people)
        document = show(session, number, Viewer(UserRole.INVESTIGATOR, None, hide_scores=False))
        assert len(document["subjects"]) == found
