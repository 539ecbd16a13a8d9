"""How workers use the cores: two workers of one thread next to one of two, and what they cost while they wait."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import sleep

from jobs.bench.parts import Conditions
from jobs.bench.pictures import Labelled, pictures
from jobs.bench.pipeline import fill
from jobs.bench.processes import cpu_seconds
from jobs.bench.rows import Row, alone, cost, rate
from jobs.bench.temporary import NORMAL, URGENT, Temporary, temporary

_PART = "threads"
_ONE = "one worker of two threads"
_TOGETHER = 10
_IDLE_SECONDS = 5.0
#: Share of a core, in per cent, that a worker without work may take: it asks for work and gives signs of life.
_IDLE_AT_MOST = 5.0


def measure(conditions: Conditions) -> Iterator[Row]:
    """Work on the same pictures both ways. Raises WeightsError, SamplesMissing and ServiceFailed."""
    shown = pictures(conditions)
    folder = Path(mkdtemp(prefix="triage-bench-in-"))
    lanes = {NORMAL: shown}
    halves = {URGENT: shown[::2], NORMAL: shown[1::2]}
    try:
        with temporary(conditions.settings, threads=2) as here:
            conditions.say(f"{len(shown)} pictures, through one worker of two threads.")
            one, one_cpu, idle = _run(here, lanes, folder / "one")
            yield alone(_PART, f"{_ONE}, without work", idle, "% of a core", at_most=_IDLE_AT_MOST)
        with temporary(conditions.settings, lanes=("urgent", "normal")) as here:
            conditions.say("The same through two workers of one thread.")
            two, two_cpu, idle = _run(here, halves, folder / "two")
            yield alone(_PART, "two workers of one thread, without work", idle, "% of a core", at_most=_IDLE_AT_MOST)
    finally:
        rmtree(folder, ignore_errors=True)
    count, what = len(shown), "two workers of one thread"
    yield rate(_PART, what, count / two, "pictures per second", (_ONE, count / one), at_least=1)
    yield cost(_PART, what, two_cpu / count * 1000, "processor ms per picture", (_ONE, one_cpu / count * 1000))


def _run(here: Temporary, work: dict[int, list[Labelled]], folder: Path) -> tuple[float, float, float]:
    """Seconds and processor seconds of the work by priority, and then the share of a core, in per cent, of waiting."""
    for priority, shown in work.items():
        first = fill(folder / f"first{priority}", shown[:1], 1, mark=b"first")
        here.finish(here.take_in(first, priority))
    before = _cpu(here)
    numbers: list[int] = []
    for priority, shown in work.items():
        numbers += here.take_in(fill(folder / str(priority), shown, _TOGETHER), priority)
    seconds = here.finish(numbers)
    cpu = _cpu(here) - before
    waiting = _cpu(here)
    sleep(_IDLE_SECONDS)
    return seconds, cpu, (_cpu(here) - waiting) / _IDLE_SECONDS / len(here.workers()) * 100


def _cpu(here: Temporary) -> float:
    return sum(map(cpu_seconds, here.workers()))
