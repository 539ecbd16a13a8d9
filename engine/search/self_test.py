"""Whether an embedder can tell people apart at all: a test on sample faces that every imported model has to pass.

It finds models whose numbers are unusable and declarations that ruin a good model. It cannot find those that only
weaken it, nor say how good a model is: for that there is `triage evaluate`, on the unit's own pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.records.errors import BadVector
from engine.search import metrics
from engine.search.errors import ModelRefused
from engine.search.space import Vectors, checked, similarity, space_of
from engine.vision.imported import SelfTest

if TYPE_CHECKING:
    # The embedders bring torch with them; whoever tests one has it.
    from engine.vision.embedder import Embedder

LOWEST_AUC = 0.999
"""What a model must reach; a stranger's network without training reaches 0.65 on such faces."""

CLEARLY_BETTER = 1.25
"""A declaration is doubted where another one has this many times its decidability.

Two models had 1.6 and 1.7 times as much with their own alignment as with another's, and one had 1.8 times as much with
its own normalisation as with pixels from 0 to 1. Slips that hardly hurt, such as swapped colours, stay below.
"""

#: Vectors whose values differ by less than this part of their length count as one and the same.
_SAME_VECTOR = 1e-4
#: Faces that are embedded again to see whether their vectors repeat.
_REPEATED = 24
_HINT = "Compare the declaration with what the model's author says: size, colour order, mean, scale, alignment."


@dataclass(frozen=True, slots=True)
class SampleFace:
    """A face of a known person in an upright picture, uint8 [H, W, 3], with its landmarks, float32 [5, 2]."""

    person: int
    pixels: NDArray[np.uint8]
    landmarks: NDArray[np.float32]


def self_test(embedder: "Embedder", faces: Sequence[SampleFace]) -> SelfTest:
    """Embed the faces and compare every two; raises ModelRefused where the model must not be used, saying why."""
    chips = _chips(embedder, faces)
    vectors = _usable(embedder, chips)
    _require_different(embedder, vectors)
    _require_repeatable(embedder, chips[:_REPEATED], vectors[:_REPEATED])
    result = _compared(embedder, vectors, faces)
    if result.auc < LOWEST_AUC:
        raise ModelRefused(
            f"{embedder.name} cannot tell people apart: on {len(faces)} sample faces it reaches an AUC of "
            f"{result.auc:.4f}; {LOWEST_AUC} is the least.",
            _HINT,
        )
    return result


def require_right_choice(result: SelfTest, other: "Embedder", faces: Sequence[SampleFace], *, instead: str) -> None:
    """Raise ModelRefused where the model does clearly better as the other declaration has it; `instead` names that."""
    better = _compared(other, _usable(other, _chips(other, faces)), faces)
    if better.decidability > CLEARLY_BETTER * result.decidability:
        raise ModelRefused(
            f"{other.name} tells the sample faces apart far better with {instead}: a decidability of "
            f"{better.decidability:.1f} in place of {result.decidability:.1f}.",
            f"Declare {instead}, or see what the model's author says.",
        )


def _chips(embedder: "Embedder", faces: Sequence[SampleFace]) -> NDArray[np.uint8]:
    return np.stack([embedder.align(face.pixels, face.landmarks) for face in faces])


def _usable(embedder: "Embedder", chips: NDArray[np.uint8]) -> Vectors:
    try:
        return checked(space_of(embedder), embedder.embed(chips), "the sample faces")
    except BadVector as error:
        raise ModelRefused(f"{embedder.name} gives vectors that cannot be used: {error.message}", _HINT) from error


def _compared(embedder: "Embedder", vectors: Vectors, faces: Sequence[SampleFace]) -> SelfTest:
    people = np.array([face.person for face in faces])
    first, second = np.triu_indices(len(faces), k=1)
    scores = similarity(space_of(embedder), vectors, vectors)[first, second].astype(np.float64)
    one = people[first] == people[second]
    same, different = scores[one], scores[~one]
    auc = metrics.auc(same, different)
    if auc is None:
        raise ValueError("the sample faces must show several people, and some of them more than once")
    # Daugman's d' (The Importance of Being Random, Pattern Recognition 36, 2003).
    decidability = (same.mean() - different.mean()) / np.sqrt((same.var() + different.var()) / 2)
    return SelfTest(
        auc, float(decidability), len(same), len(different), float(different.mean()), float(different.std())
    )


def _require_different(embedder: "Embedder", vectors: Vectors) -> None:
    if _largest_change(vectors, np.broadcast_to(vectors[0], vectors.shape)) < _SAME_VECTOR:
        raise ModelRefused(f"{embedder.name} gives every face the same vector.", _HINT)


def _require_repeatable(embedder: "Embedder", chips: NDArray[np.uint8], vectors: Vectors) -> None:
    """A face's vector may depend on nothing but the face: not on chance, not on the faces beside it."""
    # Exactly equal only where the batches are the same: other batches may take another kernel.
    if not np.array_equal(embedder.embed(chips), embedder.embed(chips)):
        raise ModelRefused(
            f"{embedder.name} gives the same faces other vectors each time.",
            "Export it for inference: dropout and other chance must be off.",
        )
    if _largest_change(embedder.embed(chips[::-1])[::-1], vectors) > _SAME_VECTOR:
        raise ModelRefused(
            f"{embedder.name} gives a face another vector when other faces are embedded beside it.",
            "Export it for inference: batch normalisation must use the averages of the training.",
        )


def _largest_change(some: Vectors, others: Vectors) -> float:
    """How far apart two vectors of the same face are at most, as a part of the second's length."""
    return float((np.linalg.norm(some - others, axis=1) / np.linalg.norm(others, axis=1)).max())
