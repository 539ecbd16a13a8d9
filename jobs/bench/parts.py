"""The benchmarks by name, each loaded only when it is run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from config.settings import Settings
from jobs.bench.rows import Row


@dataclass(frozen=True, slots=True)
class Conditions:
    """How to measure.

    rounds: how often each is run, the least counts. sizes: width and height in pixels, and batches: pictures at once,
    of the detection network. pictures: a folder with a sub-folder of pictures for each person, None for the sample
    pictures. say: told what is being done, in sentences.
    """

    settings: Settings
    rounds: int
    sizes: tuple[tuple[int, int], ...]
    batches: tuple[int, ...]
    pictures: Path | None
    say: Callable[[str], None]


class Measure(Protocol):
    """What the module of a benchmark has as its function `measure`."""

    def __call__(self, conditions: Conditions) -> Iterator[Row]:
        """Measure and give one row after the other."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where a benchmark lives, and the line that describes it."""

    module: str
    about: str


PARTS = {
    "detection": Part("jobs.bench.detection", "The detection network alone, on one thread."),
    "embedder": Part("jobs.bench.embedder", "The embedder alone, on one thread."),
    "peers": Part("jobs.bench.peer_speed", "Triage and other face finders on the same pictures, on one thread."),
    "pipeline": Part("jobs.bench.pipeline", "Pictures through a worker, its queue, vault and records."),
    "threads": Part("jobs.bench.threads", "Two workers of one thread, and one worker of two."),
    "intake": Part("jobs.bench.intake", "Taking referrals in, beside copying their files."),
    "standing": Part("jobs.bench.standing", "Arrivals against 100,000 unmatched subjects, at once and one by one."),
    "search": Part("jobs.bench.search", "One probe and many against a million faces; 4 GB of disk."),
    "rebuild": Part("jobs.bench.rebuild", "An index of a million faces built again beside searches; 4 GB of disk."),
    "search-large": Part("jobs.bench.search_large", "Five million faces: memory and time; 4 GB of disk."),
    "memory": Part("jobs.bench.memory", "The most memory a worker holds, over files of every size."),
}


def measure(name: str, conditions: Conditions) -> Iterator[Row]:
    """Run one benchmark by its name."""
    return cast(Measure, import_module(PARTS[name].module).measure)(conditions)
