"""Five million faces on one machine: the memory that a search of them takes, and its time next to numpy's."""

import resource
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from engine.search.kernels import scan_all
from engine.search.space import Space
from jobs.bench.parts import Conditions
from jobs.bench.rows import Row, alone, cost
from jobs.bench.search import least_clock_times, written
from jobs.bench.spread import PRODUCT, Crowd

_PART = "search-large"
_NUMPY = "numpy's product"
_FACES, _DIMENSION = 5_000_000, 128
_MOST_GIB = 24.0
_WANTED = 114


def measure(conditions: Conditions) -> Iterator[Row]:
    """Measure on made-up faces in files as an index has them; needs 4 GB of disk."""
    yield from measure_faces(_FACES, conditions)


def measure_faces(faces: int, conditions: Conditions) -> Iterator[Row]:
    """The rows for so many faces; the memory is this process's most, with what is mapped and what ran before."""
    space = Space(_PART, _PART, _DIMENSION, "euclidean", {})
    crowd = Crowd(PRODUCT, _DIMENSION)
    what = f"{faces:,} x {_DIMENSION}"
    with TemporaryDirectory(prefix="triage-bench-") as folder:
        vectors, codes = written(Path(folder), crowd, space, faces)
        probe = crowd.probes(1, faces)
        scan_all(space, vectors, codes, probe).shortlist(_WANTED)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        runs = {
            _PART: lambda: scan_all(space, vectors, codes, probe).shortlist(_WANTED),
            _NUMPY: lambda: np.argpartition(vectors @ probe[0], -50)[-50:],
        }
        times = least_clock_times(runs, conditions.rounds)
    yield alone(_PART, f"{what}, memory to write and search them", peak, "GiB", at_most=_MOST_GIB)
    yield cost(_PART, f"{what}, 1 probe", times[_PART] * 1e3, "ms", (_NUMPY, times[_NUMPY] * 1e3), at_least=1.0)
