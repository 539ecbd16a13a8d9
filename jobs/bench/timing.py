"""Measures what runs cost, in processor time, so that other work on the machine disturbs the figures least."""

from collections.abc import Callable, Mapping
from time import process_time

import torch

# Large enough that a multiplication of two such matrices reaches the processor's peak, small enough for its cache.
_SIDE = 1024
# Floating-point operations of one such multiplication: a product and a sum for each of the inner values.
MULTIPLY_FLOP = 2 * _SIDE**3


def least_cpu_times(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the least processor time, in seconds, that each run took in so many rounds.

    In each round every run has its turn, so that all of them see the same machine; a round more warms them up.
    """
    for run in runs.values():
        run()
    times = {name: float("inf") for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            started = process_time()
            run()
            times[name] = min(times[name], process_time() - started)
    return times


def multiply() -> Callable[[], object]:
    """Return a run that multiplies two float32 matrices by PyTorch: the machine's own peak."""
    left, right, product = (torch.rand(_SIDE, _SIDE) for _ in range(3))
    return lambda: torch.mm(left, right, out=product)
