"""How fast one probe, or many, are compared with a million faces: next to numpy, usearch and one read of the memory."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from config.models import Metric
from engine.search.codes import Codes
from engine.search.graphs import usearch_exact
from engine.search.index import codes_of, write_codes
from engine.search.index_files import Generation, building
from engine.search.kernels import scan_all, scan_each
from engine.search.space import Space, Vectors
from jobs.bench.parts import Conditions
from jobs.bench.rows import Row, cost
from jobs.bench.spread import HARD, PRODUCT, Crowd, Spread

_PART = "search"
_NUMPY, _READ, _USEARCH = "numpy's product", "one read of the vectors", "usearch's exact search"
# 50 candidates, and the rows that a search asks for beyond them.
_WANTED = 114
_MILLION = 1_000_000
_BATCHES = (10, 100)
#: What is searched: a name, the spread of the vectors, their dimension and metric, and how often one read fits in.
_SETS: tuple[tuple[str, Spread, int, Metric, float | None], ...] = (
    ("1M x 128", PRODUCT, 128, "euclidean", None),
    ("1M x 512, hard", HARD, 512, "cosine", 2.0),
)


def measure(conditions: Conditions) -> Iterator[Row]:
    """Measure on a million made-up faces of each kind, in files as an index has them; needs 4 GB of disk."""
    for name, spread, dimension, metric, reads in _SETS:
        yield from measure_set(name, spread, Space(name, name, dimension, metric, {}), _MILLION, reads, conditions)


def measure_set(
    name: str, spread: Spread, space: Space, faces: int, reads: float | None, conditions: Conditions
) -> Iterator[Row]:
    """The rows of one set of made-up faces; reads: how many times faster than one read one probe should be."""
    crowd = Crowd(spread, space.dimension)
    with TemporaryDirectory(prefix="triage-bench-") as folder:
        vectors, codes = written(Path(folder), crowd, space, faces)
        probes = crowd.probes(max(_BATCHES), faces)
        times = least_clock_times(_one(space, vectors, codes, probes[:1]), conditions.rounds)
        for other, asked in ((_NUMPY, 1.0), (_READ, reads), (_USEARCH, None)):
            yield cost(_PART, f"{name}, 1 probe", times[_PART] * 1e3, "ms", (other, times[other] * 1e3), at_least=asked)
        for batch in _BATCHES:
            times = least_clock_times(_many(space, vectors, codes, probes[:batch]), conditions.rounds)
            each = {run: seconds / batch * 1e3 for run, seconds in times.items()}
            yield cost(_PART, f"{name}, {batch} probes", each[_PART], "ms per probe", (_NUMPY, each[_NUMPY]))


def written(folder: Path, crowd: Crowd, space: Space, faces: int) -> tuple[Vectors, Codes]:
    """The vectors and their codes, mapped from files as those of an index are."""
    with building(folder) as draft:
        draft.write("vectors", "<f4", (faces, space.dimension), crowd.vectors(faces))
        write_codes(draft, space)
        made: Generation = draft.publish({})
    return made.array("vectors"), codes_of(made.array)


def _one(space: Space, vectors: Vectors, codes: Codes, probe: Vectors) -> dict[str, Callable[[], object]]:
    unit = probe[0] / np.linalg.norm(probe[0])
    whole = vectors.view(np.int32).reshape(-1)
    cores = len(os.sched_getaffinity(0))
    readers = ThreadPoolExecutor(cores)
    return {
        _PART: lambda: scan_all(space, vectors, codes, probe).shortlist(_WANTED),
        _NUMPY: lambda: np.argpartition(vectors @ unit, -50)[-50:],
        _READ: lambda: list(readers.map(np.max, np.array_split(whole, cores))),
        _USEARCH: lambda: usearch_exact(space.metric, vectors, probe, 50),
    }


def _many(space: Space, vectors: Vectors, codes: Codes, probes: Vectors) -> dict[str, Callable[[], object]]:
    def triage() -> None:
        for scan in scan_each(space, vectors, codes, list(probes[:, None])):
            scan.shortlist(_WANTED)

    def plain() -> None:
        # In blocks, as anybody would who has less memory than a matrix of all scores takes.
        for start in range(0, len(probes), 10):
            scores = probes[start : start + 10] @ vectors.T
            np.argpartition(scores, -50, axis=1)

    return {_PART: triage, _NUMPY: plain}


def least_clock_times(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The least time by the clock, in seconds, of each run: what they wait for is the memory, not the processor."""
    times = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds + 1):
        for name, run in runs.items():
            started = perf_counter()
            run()
            times[name] = min(times[name], perf_counter() - started)
    return times
