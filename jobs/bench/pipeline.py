"""What workers lose: pictures per second through queue, vault and records, next to the same models in one loop."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import perf_counter, process_time

from engine.vision.errors import UnreadableMedia
from engine.vision.media import decode_image
from jobs.bench.parts import Conditions
from jobs.bench.pictures import Labelled, pictures
from jobs.bench.processes import cpu_seconds
from jobs.bench.rows import Row, cost, rate
from jobs.bench.temporary import Temporary, temporary
from jobs.workbench import Workbench

_PART = "pipeline"
_LOOP = "one loop"
#: Pictures of a referral: alone each is matched by itself, together they are matched once.
_TOGETHER = (1, 10)
_ASKED = 0.9


def measure(conditions: Conditions) -> Iterator[Row]:
    """Work on the pictures in one loop and through one worker, in turns.

    Raises WeightsError, SamplesMissing and ServiceFailed.
    """
    shown = pictures(conditions)
    folder = Path(mkdtemp(prefix="triage-bench-in-"))
    try:
        with temporary(conditions.settings) as here:
            conditions.say(f"{len(shown)} pictures, through one worker.")
            _warm_up(here, shown, folder / "first")
            for together in _TOGETHER:
                before = _loop(here.bench, shown)
                seconds, cpu = _workers(here, shown, folder / str(together), together)
                after = _loop(here.bench, shown)
                loop, loop_cpu = min(before[0], after[0]), min(before[1], after[1])
                what = f"one worker, {together} {'picture' if together == 1 else 'pictures'} a referral"
                count = len(shown)
                yield rate(_PART, what, count / seconds, "pictures per second", (_LOOP, count / loop), at_least=_ASKED)
                yield cost(
                    _PART, what, cpu / count * 1000, "processor ms per picture", (_LOOP, loop_cpu / count * 1000)
                )
    finally:
        rmtree(folder, ignore_errors=True)


def fill(folder: Path, shown: list[Labelled], together: int, *, mark: bytes = b"") -> Path:
    """Lay the pictures into sub-folders of so many each; a mark at the end makes each file one never seen before."""
    for at, picture in enumerate(shown):
        target = folder / f"{at // together:05}" / f"{at:05}{Path(picture.name).suffix}"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture.data + mark)
    return folder


def _warm_up(here: Temporary, shown: list[Labelled], folder: Path) -> None:
    """Have the worker load what it loads at its first picture and at its first match."""
    here.finish(here.take_in(fill(folder, shown[:2], 1, mark=b"first")))
    _loop(here.bench, shown[:2])


def _loop(bench: Workbench, shown: list[Labelled]) -> tuple[float, float]:
    """Seconds and processor seconds of decoding and analysing every picture, one after the other."""
    limit = bench.settings.decoding.max_pixels
    started, cpu = perf_counter(), process_time()
    for picture in shown:
        try:
            bench.pipeline.analyse(decode_image(picture.data, max_pixels=limit).pixels)
        except UnreadableMedia:
            continue
    return perf_counter() - started, process_time() - cpu


def _workers(here: Temporary, shown: list[Labelled], folder: Path, together: int) -> tuple[float, float]:
    before = sum(map(cpu_seconds, here.workers()))
    numbers = here.take_in(fill(folder, shown, together, mark=folder.name.encode()))
    seconds = here.finish(numbers)
    return seconds, sum(map(cpu_seconds, here.workers())) - before
