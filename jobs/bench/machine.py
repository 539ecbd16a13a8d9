"""What the figures were measured on, and how busy the machine was."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_CPU_INFO = Path("/proc/cpuinfo")


def machine() -> dict[str, Any]:
    """The machine and the moment, for the head of a report; `load` is the mean number of processes that want a core."""
    import torch

    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = _CPU_INFO.read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
