"""Malformed files of all formats: each is decoded or refused by name, and nothing else happens."""

from engine.vision.decoding.process import Limits
from tests.engine.vision.decoding.hostile import run
from tests.engine.vision.decoding.mutations import malformed, originals

_FILES = 480


def test_every_malformed_file_is_decoded_or_refused_by_name_and_memory_stays_flat() -> None:
    outcome = run(_FILES, limits=Limits(10_000_000, 512 << 20, 10))
    assert sum(outcome.decoded.values()) + sum(outcome.refused.values()) == _FILES
    assert (outcome.decoded | outcome.refused).keys() == originals().keys()
    # Both answers occur, or the files are no test.
    assert min(sum(outcome.decoded.values()), sum(outcome.refused.values())) > _FILES / 10
    half = _FILES // 2
    assert max(outcome.parent[half:]) - outcome.parent[half] < 20


def test_the_files_are_the_same_for_the_same_seed() -> None:
    first, second = list(malformed(100)), list(malformed(100))
    assert first == second
    assert len({file.data for file in first}) > 90
    assert [file.data for file in malformed(100, seed=2)] != [file.data for file in first]
