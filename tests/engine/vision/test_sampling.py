"""Frames are looked at where something new can be seen, and no more often."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from engine.vision.sampling import EVERY_MS, STILL_MS, Look, Sampler
from engine.vision.video_types import Frame


def frame(time_ms: int, level: int = 100, spot: int = 0) -> Frame:
    """A grey frame with, at one place, a spot that is brighter by so much."""
    glance = np.full((36, 64), level, np.uint8)
    glance[10, 10] += spot
    return Frame(time_ms, glance, lambda: np.zeros((4, 4, 3), np.uint8))


def looks(made: Callable[[int], Frame], until_ms: int, sampler: Sampler | None = None) -> list[tuple[int, Look]]:
    """What is looked at of 25 frames a second."""
    sampler = sampler or Sampler()
    chosen = ((time, sampler.choose(made(time))) for time in range(0, until_ms, 40))
    return [(time, why) for time, why in chosen if why is not None]


def test_a_still_picture_is_looked_at_once_and_again_after_a_while() -> None:
    assert looks(frame, 12_000) == [(0, Look.NEW_SCENE), (STILL_MS, Look.TIME), (2 * STILL_MS, Look.TIME)]


def test_noise_is_no_change() -> None:
    assert len(looks(lambda time: frame(time, spot=time // 40 % 10), 4_900)) == 1


def test_a_lively_picture_is_looked_at_regularly() -> None:
    found = looks(lambda time: frame(time, spot=time // 40 % 100), 4_000)
    assert len(found) == 8
    assert all(why is Look.TIME for _, why in found[1:])
    assert all(after - before in (EVERY_MS + 20, EVERY_MS) for (before, _), (after, _) in pairwise(found))


def test_a_small_change_alone_is_seen() -> None:
    found = looks(lambda time: frame(time, spot=30 if time >= 2000 else 0), 4_000)
    assert found == [(0, Look.NEW_SCENE), (2000, Look.TIME)]


def test_the_first_frame_of_a_new_scene_is_looked_at_at_once() -> None:
    found = looks(lambda time: frame(time, level=100 if time < 1000 else 180), 3_000)
    assert found == [(0, Look.NEW_SCENE), (1000, Look.NEW_SCENE)]


def test_a_scene_that_comes_right_after_another_look_is_not_missed() -> None:
    found = looks(lambda time: frame(time, level=100 if time < 40 else 180), 1_000)
    assert [why for _, why in found] == [Look.NEW_SCENE, Look.NEW_SCENE]
    assert 40 < found[1][0] <= 300


def test_a_flickering_picture_costs_no_more_than_four_looks_a_second() -> None:
    assert len(looks(lambda time: frame(time, level=time // 40 % 2 * 200), 10_000)) <= 40


def test_going_on_continues_the_same_scene() -> None:
    sampler = Sampler()
    sampler.resume(frame(-40))
    assert looks(frame, 1_000, sampler) == []
