"""What other processes cost, as Linux counts it: processor time, and the most memory they ever held."""

import os
from pathlib import Path


def cpu_seconds(process_id: int) -> float:
    """Seconds that all threads of a process have spent on a processor, in steps of a hundredth."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])  # Fields 14 and 15 of proc(5), counted from after the name.
    return (user + system) / os.sysconf("SC_CLK_TCK")


def most_memory(process_id: int) -> float:
    """The most memory that a process has held at once, in MB (10^6 bytes)."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise ProcessLookupError(process_id)
