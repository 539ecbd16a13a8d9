"""The self-test passes a network that tells people apart and refuses each way not to, naming it."""

import numpy as np
import pytest

from engine.search.errors import ModelRefused
from engine.search.self_test import SampleFace, require_right_choice, self_test
from engine.vision.onnx_embedder import OnnxEmbedder
from tests.engine.vision.onnx_models import (
    SIZE,
    by_chance,
    declared,
    dependent_on_neighbours,
    mean_colour,
    not_numbers,
    projection,
    the_same_for_all,
)

# As the template of such a chip has them: the picture is its own chip.
LANDMARKS = np.array(
    [(11.0842, 14.9132), (21.1519, 14.8575), (16.1501, 20.639), (12.0141, 26.533), (20.3514, 26.4869)], np.float32
)


def faces(people: int = 12, takes: int = 3) -> list[SampleFace]:
    """People who are pictures of noise, each taken several times with a little more noise."""
    dice = np.random.default_rng(1)
    own = dice.integers(40, 216, (people, SIZE, SIZE, 3))
    return [
        SampleFace(person, (own[person] + dice.integers(-20, 21, own[person].shape)).astype(np.uint8), LANDMARKS)
        for person in range(people)
        for _ in range(takes)
    ]


def embedder(data: bytes, **changes: object) -> OnnxEmbedder:
    return OnnxEmbedder.read(data, declared(**changes))


@pytest.mark.parametrize("batch", [1, "batch"])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_a_network_that_tells_people_apart_passes(batch: int | str, metric: str) -> None:
    result = self_test(embedder(projection(batch=batch), metric=metric), faces())
    assert result.auc == 1.0
    assert result.decidability > 3
    assert (result.same_pairs, result.different_pairs) == (12 * 3, 12 * 11 * 9 // 2)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            mean_colour(),
            r"cannot tell people apart: on 36 sample faces it reaches an AUC of 0\.\d{4}; 0\.999 is the least",
        ),
        (the_same_for_all(), "every face the same vector"),
        (not_numbers(), "vectors that cannot be used"),
        (by_chance(), "other vectors each time"),
        (dependent_on_neighbours(), "other faces are embedded beside it"),
    ],
    ids=["too weak", "constant", "NaN", "chance", "neighbours"],
)
def test_an_unusable_network_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ModelRefused, match=reason) as refused:
        self_test(embedder(data), faces())
    assert refused.value.hint


def test_samples_that_say_nothing_are_an_error_of_the_program() -> None:
    with pytest.raises(ValueError, match="several people"):
        self_test(embedder(projection()), faces(people=1))


def test_a_declaration_that_does_far_worse_than_another_is_refused() -> None:
    sound, weak = embedder(projection()), embedder(mean_colour())
    good, people = self_test(sound, faces()), faces()
    require_right_choice(good, weak, people, instead="something worse")
    require_right_choice(good, sound, people, instead="the same")
    poor = self_test(sound, faces())
    with pytest.raises(ModelRefused, match=r"far better with the alignment dlib: a decidability of \d+\.\d in place"):
        require_right_choice(
            type(poor)(poor.auc, poor.decidability / 1.5, poor.same_pairs, poor.different_pairs),
            sound,
            people,
            instead="the alignment dlib",
        )
