"""Spaces: what shapes an embedding, which vectors belong to one, and how alike two vectors of one are."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from config.models import Metric
from engine.records.errors import BadVector, SpaceMismatch
from engine.vision.identity import Described

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]

#: Lengths outside these are no embedding's, and beyond them float32 sums of squares overflow or vanish.
SHORTEST, LONGEST = 1e-6, 1e6

_HINT = "The picture must be embedded again: triage models list shows the model in use."


@dataclass(frozen=True, slots=True)
class Space:
    """What shapes an embedding; scores exist only inside one space.

    id: the first 16 hex digits of the SHA-256 of the canonical description. dimension: numbers in a vector.
    metric: euclidean (score = 1 - distance) or cosine (score = cosine); more alike is higher with both.
    """

    id: str
    model: str
    dimension: int
    metric: Metric
    description: dict[str, Any]


def space_of(embedder: Described) -> Space:
    """The space of an embedder's vectors: another weights file, alignment, preprocessing or precision is another."""
    description = {
        "model": embedder.name,
        "dimension": embedder.dimension,
        "metric": embedder.metric,
        "weights_sha256": embedder.identity.weights_sha256,
        "alignment": embedder.identity.alignment,
        "preprocessing": embedder.identity.preprocessing,
        "precision": embedder.identity.precision,
    }
    canonical = json.dumps(description, sort_keys=True, separators=(",", ":"))
    identity = hashlib.sha256(canonical.encode()).hexdigest()[:16]
    return Space(identity, embedder.name, embedder.dimension, embedder.metric, description)


def checked(space: Space, vectors: ArrayLike, what: str) -> Vectors:
    """The vectors as float32 [N, dimension], C-contiguous.

    Raises SpaceMismatch for another dimension, BadVector for a value that is not finite or a vector without direction;
    `what` names them in the error.
    """
    array = np.ascontiguousarray(vectors, dtype=np.float32)
    if array.ndim != 2 or array.shape[1] != space.dimension:
        raise SpaceMismatch(
            f"{what}: an array of shape {array.shape} is not of space {space.id} ({space.dimension} numbers a vector).",
            _HINT,
        )
    lengths = np.linalg.norm(array.astype(np.float64), axis=1)
    # Written so that a length that is not a number counts as bad too.
    bad = np.flatnonzero(~((lengths >= SHORTEST) & (lengths <= LONGEST)))
    if len(bad):
        raise BadVector(
            f"{what}: vector {bad[0]} has the length {lengths[bad[0]]:g}; it must be a number from {SHORTEST:g} "
            f"to {LONGEST:g}.",
            _HINT,
        )
    return array


def same_space(expected: str, found: str, what: str) -> None:
    """Raise SpaceMismatch unless both ids are the same; `what` names where the second came from."""
    if expected != found:
        raise SpaceMismatch(f"{what} is of space {found}, the search of space {expected}; scores do not mix.", _HINT)


def similarity(space: Space, probes: Vectors, rows: Vectors) -> Vectors:
    """Scores float32 [P, N] of every probe [P, D] against every row [N, D], by one matrix product in float64.

    Raises SpaceMismatch for other dimensions and BadVector for vectors that are no embeddings.
    """
    first = checked(space, probes, "the first vectors").astype(np.float64)
    second = checked(space, rows, "the second vectors").astype(np.float64)
    if space.metric == "cosine":
        cosines: Vectors = (_unit(first) @ _unit(second).T).astype(np.float32)
        return cosines
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1) - 2 * (first @ second.T)
    scores: Vectors = (1 - np.sqrt(np.maximum(squares, 0))).astype(np.float32)
    return scores


def exact_scores(space: Space, probes: Vectors, rows: Vectors) -> Scores:
    """Scores float64 [P, N], each from its own two vectors alone.

    A matrix product's last digits depend on where a row stands in it; here equal vectors get equal scores, so that ties
    are ties.
    """
    wide = rows.astype(np.float64)
    if space.metric == "cosine":
        unit = _unit(wide)
        return np.stack([(unit * probe).sum(axis=1) for probe in _unit(probes.astype(np.float64))])
    return np.stack([1 - np.sqrt(((wide - probe) ** 2).sum(axis=1)) for probe in probes.astype(np.float64)])


def _unit(vectors: Scores) -> Scores:
    unit: Scores = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
