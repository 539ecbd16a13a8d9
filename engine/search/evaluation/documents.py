"""Reports as JSON can hold them."""

from dataclasses import asdict
from typing import Any

import numpy as np

from engine.search.evaluation.bootstrap import REPLICATES, SEED
from engine.search.evaluation.identification import IdentifyReport
from engine.search.evaluation.verification import PairReport


def document(report: PairReport | IdentifyReport) -> dict[str, Any]:
    """Every figure of a report, and how its intervals were drawn; a threshold below every score is null."""
    cleaned: dict[str, Any] = _without_infinities(asdict(report))
    return cleaned | {"bootstrap": {"over": "people", "replicates": REPLICATES, "seed": SEED}}


def _without_infinities(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_infinities(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_infinities(each) for each in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
