"""usearch: its exact search, as a second opinion that shares no code with the product's own scan."""

import ctypes
from contextlib import suppress
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.models import Metric
from engine.search.space import Vectors


def usearch_exact(metric: Metric, vectors: Vectors, probes: Vectors, count: int) -> NDArray[np.int64]:
    """The `count` nearest of the vectors float32 [N, D] to each of the probes float32 [P, D], int64 [P, count].

    It computes in float32 throughout, so that what is nearly equally near may be in another order.
    """
    kind = "l2sq" if metric == "euclidean" else "cos"
    # Of one probe usearch gives one row, of several one for each.
    found = _usearch().search(vectors, probes, min(count, len(vectors)), kind, exact=True)
    keys: NDArray[np.int64] = found.keys.reshape(len(probes), -1).astype(np.int64)
    return keys


@cache
def _usearch() -> Any:
    """usearch, loaded when first needed and so that it leaves other libraries alone.

    Its Linux wheel carries a C++ library of its own and would lend parts of it to whatever is loaded later: onnxruntime
    then crashes at its import (pytorch issue 109923 is of this kind). With the system's library in sight first, all use
    that one.
    """
    with suppress(OSError):
        ctypes.CDLL("libstdc++.so.6", mode=ctypes.RTLD_GLOBAL)
    from usearch import index

    return index
