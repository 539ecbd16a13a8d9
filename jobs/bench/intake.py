"""How fast reports are taken in: one-picture referrals beside copying the same files, each brought to the disk."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engine.formats.read import Format
from engine.records.actors import Actor
from engine.records.deployment import Records, open_records
from engine.records.intake.referrals import search_referrals
from jobs.bench.rows import Row, alone, cost
from jobs.taking_in import Terms, record_all, untold

if TYPE_CHECKING:
    from jobs.bench.parts import Conditions

_PART = "intake"
_FILES = 2000
_BYTES = 100_000
#: A command may take four times as long as the copy.
_ASKED = 0.25
_TERMS = Terms(each=True, format=Format.AUTO, priority=50, case=None, actor=Actor.machine("bench"))


def measure(conditions: "Conditions") -> Iterator[Row]:
    """Take folders of one-picture referrals in, each beside a copy of the same folder; the best ratio counts."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=_beside(conditions.settings.paths.home)) as folder:
        root = Path(folder)
        settings = conditions.settings.model_copy(update={"home": root / "home", "database_url": None})
        records = open_records(settings, settings.paths)
        try:
            found = []
            for number in range(min(conditions.rounds, 3)):
                conditions.say(f"Taking {_FILES:,} files of {_BYTES:,} bytes in, and copying them.")
                incoming = _made(root / f"in-{number}")
                copied = _copied(incoming, root / f"copy-{number}")
                started = time.perf_counter()
                record_all(records, settings, settings.paths.home, [incoming], _TERMS, untold)
                found.append((time.perf_counter() - started, copied))
            taken, copied = min(found, key=lambda pair: pair[0] / pair[1])
            beside = ("copy with fsync", copied / _FILES * 1000)
            yield cost(_PART, "a referral of one picture", taken / _FILES * 1000, "ms", beside, at_least=_ASKED)
            yield alone(_PART, f"a search of {len(found) * _FILES:,} reports", _searched(records), "ms")
        finally:
            records.close()
            shutil.rmtree(settings.paths.runtime, ignore_errors=True)


def _beside(home: Path) -> Path:
    """A folder on the disk of the home, as another disk may be faster or slower."""
    return next(folder for folder in (home, *home.absolute().parents) if folder.is_dir())


def _made(folder: Path) -> Path:
    folder.mkdir()
    for number in range(_FILES):
        (folder / f"{number}.jpg").write_bytes(b"\xff\xd8\xff\xe0" + os.urandom(_BYTES - 4))
    return folder


def _copied(source: Path, target: Path) -> float:
    started = time.perf_counter()
    target.mkdir()
    for path in source.iterdir():
        with (target / path.name).open("wb") as file:
            file.write(path.read_bytes())
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - started


def _searched(records: Records) -> float:
    """Milliseconds of a search that nothing matches, so that every report is looked through."""
    with records.database.read() as session:
        started = time.perf_counter()
        search_referrals(session, "nobody said this", limit=50)
        return (time.perf_counter() - started) * 1000
