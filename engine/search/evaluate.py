"""How well a model does on labelled pictures: comparing pairs, and finding people among others.

A picture without a usable face is never to the model's credit. It counts as a miss where it should have been matched,
and is left out where it could only have raised a false alarm. Whoever calls brings the model, as an `Enroller`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.search import metrics
from engine.search.evaluation_tables import LabelledPair, LabelledPicture
from engine.search.metrics import Accuracy, AtRate
from engine.search.space import Space, Vectors, checked, exact_scores, similarity

FAR = (1e-2, 1e-3, 1e-4)
FPIR = (1e-1, 1e-2)
RANKS = (1, 5, 10)
#: Probes whose scores against all pictures are in memory at once.
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of a picture: its face's vector, float32 [D], or in words why there is none."""

    vector: NDArray[np.float32] | None
    reason: str | None = None


Enroller = Callable[[Path], Enrolled]
#: Called after each picture with how many are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Failure:
    """A picture that could not be enrolled, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class PairReport:
    """Figures of comparing pairs; same, different: how many pairs there are of each; None where there are too few.

    `set_threshold` is the accuracy at the threshold given, `best` that at the best one for these very pairs.
    """

    same: int
    different: int
    failures: tuple[Failure, ...]
    best: Accuracy | None
    set_threshold: Accuracy | None
    auc: float | None
    eer: float | None
    tar_at_far: tuple[AtRate, ...]


@dataclass(frozen=True, slots=True)
class IdentifyReport:
    """Figures of finding people: every picture of somebody with another picture searches for it among all others.

    mated: such searches. non_mated: searches, by every enrolled picture, among all other people. ranks: the share of
    mated searches whose person is among the first 1, 5 and 10. found_at_fpir: the share whose person is first and
    above the threshold (1 - FNIR).
    """

    pictures: int
    people: int
    failures: tuple[Failure, ...]
    mated: int
    non_mated: int
    ranks: dict[int, float | None]
    found_at_fpir: tuple[AtRate, ...]


def pairs(
    table: Sequence[LabelledPair],
    root: Path,
    enroller: Enroller,
    space: Space,
    *,
    threshold: float,
    progress: Progress | None = None,
) -> PairReport:
    """Compare the pictures of each pair; paths are relative to root, pairs above the threshold are called the same."""
    vectors, failures = _enrol((path for pair in table for path in (pair.a, pair.b)), root, enroller, space, progress)
    same: list[float] = []
    different: list[float] = []
    for pair in table:
        if pair.a in vectors and pair.b in vectors:
            score = float(exact_scores(space, vectors[pair.a][None], vectors[pair.b][None])[0, 0])
            (same if pair.same else different).append(score)
        elif pair.same:
            same.append(-np.inf)
    mated, strangers = np.array(same, np.float64), np.array(different, np.float64)
    return PairReport(
        same=len(mated),
        different=sum(not pair.same for pair in table),
        failures=failures,
        best=metrics.best_accuracy(mated, strangers),
        set_threshold=metrics.accuracy_at(mated, strangers, threshold),
        auc=metrics.auc(mated, strangers),
        eer=metrics.eer(mated, strangers),
        tar_at_far=tuple(metrics.passing(mated, strangers, rate) for rate in FAR),
    )


def identify(
    table: Sequence[LabelledPicture],
    root: Path,
    enroller: Enroller,
    space: Space,
    *,
    progress: Progress | None = None,
) -> IdentifyReport:
    """Search with each picture among all the others, ranking people by their best one; ties go against the model."""
    vectors, failures = _enrol((picture.file for picture in table), root, enroller, space, progress)
    enrolled = [picture for picture in table if picture.file in vectors]
    size = _sizes(table)
    mated = sum(size[picture.identity] > 1 for picture in table)
    ranks, mates, strangers = _searches(enrolled, vectors, space)
    # Beside the searches that ran stand those for which a picture was missing on either side: misses.
    return IdentifyReport(
        pictures=len(table),
        people=len(size),
        failures=failures,
        mated=mated,
        non_mated=len(strangers),
        ranks={rank: float((ranks <= rank).sum()) / mated if mated else None for rank in RANKS},
        found_at_fpir=tuple(
            metrics.passing(_with_misses(np.where(ranks == 1, mates, -np.inf), mated), strangers, rate) for rate in FPIR
        ),
    )


def document(report: PairReport | IdentifyReport) -> dict[str, Any]:
    """A report as JSON can hold it: a threshold below every score is null."""
    cleaned: dict[str, Any] = _without_infinities(asdict(report))
    return cleaned


def _without_infinities(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_infinities(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_infinities(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _enrol(
    files: Iterable[str], root: Path, enroller: Enroller, space: Space, progress: Progress | None
) -> tuple[dict[str, Vectors], tuple[Failure, ...]]:
    """The vectors of the files that have one, and why the others have none."""
    wanted = list(dict.fromkeys(files))
    vectors: dict[str, Vectors] = {}
    failures = []
    for done, file in enumerate(wanted, start=1):
        found = enroller(root / file)
        if found.vector is None:
            failures.append(Failure(file, found.reason or "no reason was given"))
        else:
            vectors[file] = checked(space, found.vector[None], file)[0]
        if progress:
            progress(done, len(wanted))
    return vectors, tuple(failures)


def _searches(
    pictures: Sequence[LabelledPicture], vectors: dict[str, Vectors], space: Space
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Rank and score of the mate in each search that has one, and the best stranger's score in each that has any."""
    if not pictures:
        return np.empty(0, np.int64), np.empty(0), np.empty(0)
    ordered = sorted(pictures, key=lambda picture: picture.identity)
    names, people = np.unique([picture.identity for picture in ordered], return_inverse=True)
    starts = np.searchsorted(people, np.arange(len(names)))
    matrix = np.stack([vectors[picture.file] for picture in ordered])
    blocks = [
        _block(similarity(space, matrix[first : first + _AT_ONCE], matrix), first, people, starts)
        for first in range(0, len(matrix), _AT_ONCE)
    ]
    own, others_first, best_other = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    has_mate = np.isfinite(own)
    return others_first[has_mate] + 1, own[has_mate], best_other[np.isfinite(best_other)]


def _block(
    scores: NDArray[np.float32], first: int, people: NDArray[np.int64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """For each probe of a block: its mate's score, how many other people do not score below it, and their best."""
    probes = np.arange(len(scores))
    scores[probes, first + probes] = -np.inf
    best = np.maximum.reduceat(scores, starts, axis=1).astype(np.float64)
    mine = people[first : first + len(scores)]
    own = best[probes, mine].copy()
    best[probes, mine] = -np.inf
    return own, (best >= own[:, None]).sum(axis=1), best.max(axis=1)


def _with_misses(scores: NDArray[np.float64], total: int) -> NDArray[np.float64]:
    return np.concatenate([scores, np.full(total - len(scores), -np.inf)])


def _sizes(table: Collection[LabelledPicture]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for picture in table:
        sizes[picture.identity] = sizes.get(picture.identity, 0) + 1
    return sizes
