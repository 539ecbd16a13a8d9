"""What other processes cost is read from the kernel."""

import subprocess
import sys

from jobs.bench.processes import cpu_seconds, most_memory

# Works, says that it has, and waits to be told to end.
PROGRAM = """
import sys
held = bytearray(b"x") * 200_000_000
del held
for _ in range(10_000_000): pass
print("done", flush=True)
sys.stdin.read()
"""


def test_work_takes_processor_time_and_memory_that_was_let_go_still_counts() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"done\n"
        spent = cpu_seconds(process.pid)
        assert spent > 0.05
        assert 200 < most_memory(process.pid) < 300
        assert cpu_seconds(process.pid) - spent < 0.05
        process.stdin.close()
