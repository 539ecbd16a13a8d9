"""What a peer is: something that finds the faces of a picture and turns the largest into a vector."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config.errors import TriageError
from engine.vision.types import Pixels


class NotInstalled(TriageError):
    """The peer is not installed here; `hint` says how it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How many faces a picture has, and the vector of the largest, float [D]; None where there is none."""

    faces: int
    vector: NDArray[np.floating] | None


#: Looks at a picture, uint8 [H, W, 3] RGB, and embeds its largest face. Vectors compare by Euclidean distance.
Look = Callable[[Pixels], Seen]


@dataclass(frozen=True, slots=True)
class Peer:
    """One who looks. at_least: how many times cheaper than it Triage is asked to be, None where that is not asked."""

    name: str
    look: Look
    at_least: float | None = None
