"""PDQ: the bits of the published algorithm, and that they change little where a picture does."""

import numpy as np
import pytest
from PIL import Image

from engine.vision.likeness_hash import likeness_hash


def drawn(width: int, height: int) -> np.ndarray:
    """Waves of several lengths and directions, which every size shows alike."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    waves = np.sin(9 * x + 2 * y) + np.sin(23 * y * x + 1) + np.cos(14 * (x - y) ** 2) + np.sin(31 * x)
    grey = (waves - waves.min()) / np.ptp(waves) * 255
    return np.stack([grey, 255 - grey, grey / 2], -1).astype(np.uint8)


def apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


# From the published implementation (pdqhash 0.2.8, ThreatExchange), of these very pictures.
REFERENCE: dict[tuple[int, int], tuple[str, int]] = {
    (640, 480): ("0fe22a903fe2aa91ffe2aa95ffe2aa95ffc2aad5aa055559001b0163a80cd57c", 33),
    (64, 64): ("1fe2aa905fe2aa907fe2aa90ffe2aa96ffe2aad5aa855559001b0163af8c017c", 36),
    (201, 333): ("5fe202907fe20a90ffe2aa90ffe2aab5ffc2aad5aa057559001b0563601c7d7c", 33),
    (1000, 90): ("17e22a905fe2aa90ffe2aa90ffe2aa95ffe2aad5aa855559001b0163a80cf57c", 35),
}


@pytest.mark.parametrize("size", REFERENCE)
def test_the_bits_are_those_of_the_published_implementation(size: tuple[int, int]) -> None:
    found = likeness_hash(drawn(*size))
    bits, quality = REFERENCE[size]
    assert apart(found.pdq, bytes.fromhex(bits)) <= 2  # A median that two frequencies nearly share may fall either way.
    assert abs(found.quality - quality) <= 1


def test_another_size_and_compression_look_alike_and_another_picture_does_not() -> None:
    picture = drawn(800, 600)
    first = likeness_hash(picture)
    smaller = likeness_hash(np.asarray(Image.fromarray(picture).resize((300, 225))))
    assert first.quality >= 20
    assert apart(first.pdq, smaller.pdq) <= 31
    assert apart(first.pdq, likeness_hash(np.ascontiguousarray(picture[:, ::-1])).pdq) > 60


def test_a_flat_picture_has_no_quality_and_one_beyond_the_limit_is_reduced() -> None:
    assert likeness_hash(np.full((50, 70, 3), 90, np.uint8)).quality == 0
    large = drawn(2600, 1900)
    assert apart(likeness_hash(large).pdq, likeness_hash(drawn(1000, 731)).pdq) <= 16


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 2), (64, 64)])
def test_any_shape_has_a_hash(shape: tuple[int, int]) -> None:
    found = likeness_hash(np.zeros((*shape, 3), np.uint8))
    assert len(found.pdq) == 32
