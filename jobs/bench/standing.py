"""What it costs to hold arrivals against everybody not yet found: all at once, and by a search of each.

The plain way is the shortest search there could be of one subject: its faces are read, and compared with the arrivals
alone. It is run for some of the subjects and counted up to all of them.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
from sqlalchemy.orm import Session

from config.settings import Settings
from engine.records.deployment import open_records
from engine.records.faces import findable
from engine.records.faces.subjects import members_of
from engine.records.scopes import Scope
from engine.records.searching.unmatched import unmatched
from engine.search.judging import Judge
from engine.search.pairs import best_owners, no_pairs, pair_up
from engine.search.probes import probe_of_faces
from engine.search.standing import Arrivals, arrivals, hold_against, permitted
from jobs.bench.parts import Conditions
from jobs.bench.rows import Row, alone, cost
from jobs.bench.standing_unit import GALLERY, SPACE, fill_unit

_PART = "standing"
_SUBJECTS = 100_000
_ARRIVALS = (1, 100, 5_000)
# So many searches of one subject are run for the plain way.
_SAMPLE = 40
#: A floor that next to no strangers of the made-up people reach: what passes is what has to be looked at closer.
_JUDGE = Judge((0.6, 0.6, 0.6), 1e-6, None)
_MEBIBYTE = 1024


def measure(conditions: Conditions) -> Iterator[Row]:
    """Measure with 100,000 made-up subjects in records of their own; needs about 1 GB of disk."""
    yield from measure_unit(_SUBJECTS, _ARRIVALS, conditions)


def measure_unit(subjects: int, numbers: tuple[int, ...], conditions: Conditions) -> Iterator[Row]:
    """The rows of a unit with so many unmatched subjects, one for each number of arrivals, and the memory they took."""
    home = Path(tempfile.mkdtemp(prefix="triage-bench-"))
    settings = Settings.model_validate({"home": home, "health": {"disk_reserve_bytes": 64 * 2**20}})
    paths = settings.paths
    try:
        paths.create()
        records = open_records(settings, paths)
        with records.database.write() as session:
            fill_unit(session, subjects, max(numbers))
        rounds = min(conditions.rounds, 3)
        with records.database.read() as session:
            before = _forget_peak()
            for number in numbers:
                new = arrivals(session, Scope(GALLERY), SPACE, 0, number)
                if new is None:
                    raise AssertionError("the unit was filled with arrivals")
                together = _least(partial(_together, session, new), rounds)
                each = _least(partial(_each, session, new), rounds) / _SAMPLE * subjects
                what = f"{number:,} arrivals, {subjects:,} subjects"
                yield cost(_PART, what, together, "s of processor", ("a search of each", each), at_least=10)
            most = (_memory("VmHWM") - before) / _MEBIBYTE
            yield alone(_PART, "memory they took together", most, "MiB", at_most=1024)
        records.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(paths.runtime, ignore_errors=True)


def _together(session: Session, new: Arrivals) -> None:
    allowed, _ = permitted(session, unmatched(session), new.scope)
    hold_against(session, SPACE, allowed, new, _JUDGE)


def _each(session: Session, new: Arrivals) -> None:
    for subject_id in range(1, _SAMPLE + 1):
        probe = probe_of_faces(session, SPACE, members_of(session, [subject_id])[subject_id])
        if probe is None:
            continue
        best = no_pairs()
        left = len(new.rows.ids)
        for block in findable.rows(session, new.scope, SPACE.id, batch=len(new.rows.ids)):
            best = best_owners([best, pair_up(SPACE, probe, block)], 50)
            left -= len(block.ids)
            if left <= 0:
                break


def _least(run: Callable[[], None], rounds: int) -> float:
    """The least processor time, in seconds, of some runs."""
    times = []
    for _ in range(max(1, rounds)):
        started = process_time()
        run()
        times.append(process_time() - started)
    return float(np.min(times))


def _forget_peak() -> int:
    """Count the most memory that this process holds from now on; gives what it holds at this moment, in KiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(field: str) -> int:
    """What Linux says of this process's memory, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{field}:")).split()[1])
