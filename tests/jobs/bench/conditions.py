"""Conditions for benchmarks that are to be quick, not exact."""

from dataclasses import replace
from typing import Any

from config.settings import Settings
from jobs.bench.parts import Conditions

_QUICK = Conditions(settings=Settings(), rounds=1, sizes=((64, 32),), batches=(1,), pictures=None, say=lambda _: None)


def conditions(**changed: Any) -> Conditions:
    """Quick conditions with what is changed."""
    return replace(_QUICK, **changed)
