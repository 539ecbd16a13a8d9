"""Each hardship does to a picture what its name says, the same way each time."""

import numpy as np
import pytest

from engine.vision.hardships import LONG_SIDE, hardships

DRAWN = np.random.default_rng(5).integers(0, 256, (300, 200, 3), dtype=np.uint8)
BOX = (50.0, 60.0, 150.0, 180.0)


def made(name: str) -> np.ndarray:
    [way] = [way for way in hardships() if way.name == name]
    return way.change(DRAWN, BOX)


@pytest.mark.parametrize("way", [way for way in hardships() if "4000" not in way.name], ids=lambda way: way.name)
def test_the_same_picture_is_made_hard_in_the_same_way(way) -> None:
    first, again = way.change(DRAWN, BOX), way.change(DRAWN, BOX)
    assert (first.dtype, first.shape[2]) == (np.uint8, 3)
    np.testing.assert_array_equal(first, again)


def test_turns_and_mirrors_move_every_pixel_to_its_place() -> None:
    plain = made("as it is")
    assert max(plain.shape) == LONG_SIDE
    np.testing.assert_array_equal(made("mirrored")[:, ::-1], plain)
    np.testing.assert_array_equal(made("upside down")[::-1, ::-1], plain)
    np.testing.assert_array_equal(np.rot90(made("lying on the right")), plain)


def test_dark_and_washed_out_are_as_much_so_as_they_say() -> None:
    plain = made("as it is").astype(float)
    assert made("brightness 0.12").mean() == pytest.approx(0.12 * plain.mean(), abs=1)
    pale = made("washed out to a tenth of the contrast")
    assert pale.std() == pytest.approx(0.1 * plain.std(), rel=0.05)
    assert pale.min() >= 200


def test_a_framed_head_has_its_size_in_a_frame_of_its_size() -> None:
    assert made("head of 90 px in 2400 x 1800").shape == (1800, 2400, 3)
    # The box is 120 high, its head a quarter more; the whole picture is 300 high.
    assert made("head of 24 px, the picture as small").shape[0] == round(300 * 24 / 150)
