"""Enrolling the pictures of an evaluation: their vectors, what is known of their faces, and which have none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.search.space import Space, Vectors, checked
from engine.vision.types import Quality


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of a picture: its face's vector, float32 [D], or in words why there is none.

    quality: of that face. faces: how many the picture shows.
    """

    vector: NDArray[np.float32] | None
    reason: str | None = None
    quality: Quality | None = None
    faces: int = 1


#: Looks at a picture; whoever evaluates brings the model in this form.
Enroller = Callable[[Path], Enrolled]
#: Called after each picture with how many are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture that could not be enrolled, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The pictures of a table after each was looked at once.

    vectors, qualities: by file, of those that could be enrolled. several_faces: files whose largest face was taken.
    """

    vectors: dict[str, Vectors]
    qualities: dict[str, Quality]
    failures: tuple[Failure, ...]
    several_faces: tuple[str, ...]


def enrol(
    files: Iterable[str], root: Path, enroller: Enroller, space: Space, progress: Progress | None = None
) -> Enrolment:
    """Look at each of the files, relative to root, once; raises BadVector for a vector that is no embedding."""
    wanted = list(dict.fromkeys(files))
    found = Enrolment({}, {}, (), ())
    failures, several = [], []
    for done, file in enumerate(wanted, start=1):
        one = enroller(root / file)
        if one.vector is None:
            failures.append(Failure(file, one.reason or "no reason was given"))
        else:
            found.vectors[file] = checked(space, one.vector[None], file)[0]
            if one.quality is not None:
                found.qualities[file] = one.quality
            if one.faces > 1:
                several.append(file)
        if progress:
            progress(done, len(wanted))
    return Enrolment(found.vectors, found.qualities, tuple(failures), tuple(several))
