"""Malformed files through a real queue and real workers: each is a finding, nothing is lost, and no worker dies."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import Settings
from engine.records.schema import Media, Referral
from engine.records.words import MediaFinding, ReferralState
from jobs.bench.temporary import temporary
from tests.engine.vision.decoding.mutations import malformed

_FILES = 240
_SETTLED = {ReferralState.READY, ReferralState.DUPLICATE}


@pytest.mark.slow
def test_every_malformed_file_becomes_a_finding_and_no_worker_dies(tmp_path: Path, pipeline) -> None:
    for file in malformed(_FILES, seed=7):
        (tmp_path / file.name).write_bytes(file.data)
    with temporary(Settings(), lanes=("normal", "video")) as here:
        before = here.workers()
        numbers = here.take_in(tmp_path)
        with here.bench.records.database.read() as session:
            duplicates = select(Referral.id).where(Referral.state == ReferralState.DUPLICATE)
            twice = set(session.scalars(duplicates))
        here.finish([number for number in numbers if number not in twice])
        assert here.workers() == before
        with here.bench.records.database.read() as session:
            states = Counter(session.scalars(select(Referral.state)))
            media = session.execute(select(Media.finding, Media.finding_reason)).all()
    assert sum(states.values()) == len(numbers)
    assert states.keys() <= _SETTLED
    assert MediaFinding.PENDING not in {finding for finding, _ in media}
    unreadable = [reason for finding, reason in media if finding is MediaFinding.UNREADABLE]
    assert all(unreadable)
    assert len(unreadable) > _FILES / 4
