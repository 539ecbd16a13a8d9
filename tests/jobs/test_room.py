"""A disk that fills: nothing is taken in below the reserve, and what does not fit leaves nothing half."""

import errno
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from config.settings import Settings
from engine.records.intake import batches
from engine.records.intake.accounting import account
from engine.records.schema import Referral
from jobs import room
from jobs.alive import KEEPER
from jobs.errors import DiskFull
from jobs.workbench import Workbench
from tests.jobs.intake_world import put_in

GIBIBYTE = 2**30


@pytest.fixture
def bench(records, settings, paths) -> Workbench:
    paths.heartbeat(KEEPER).touch()
    return Workbench(records, settings, paths, holder="command:test")


@pytest.fixture
def free(monkeypatch, paths) -> dict[Path, int]:
    """Free bytes by place; 100 GiB where nothing else is said."""
    places: dict[Path, int] = {}
    monkeypatch.setattr(
        room.shutil, "disk_usage", lambda place: SimpleNamespace(free=places.get(place, 100 * GIBIBYTE))
    )
    return places


def test_the_fullest_of_home_vault_and_database_counts(settings, paths, free, tmp_path) -> None:
    free[paths.vault] = GIBIBYTE
    assert room.least_room(settings) == room.Room(paths.vault, GIBIBYTE)
    elsewhere = Settings(home=paths.home, database_url=f"sqlite:///{tmp_path}/records.sqlite3")
    free[tmp_path] = 5
    assert room.least_room(elsewhere) == room.Room(tmp_path, 5)
    with pytest.raises(DiskFull, match=str(tmp_path)):
        room.require_room(elsewhere)


def test_a_batch_stops_before_a_file_would_take_the_reserve(bench, records, free, paths, tmp_path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "1.jpg").write_bytes(b"\xff\xd8\xff small")
    (source / "2.jpg").write_bytes(b"\xff\xd8\xff" + bytes(3 * 2**20))
    free[paths.home] = 2 * GIBIBYTE + 2**20
    with pytest.raises(DiskFull, match="3 MiB are to come"):
        put_in(bench, source)
    free.clear()
    assert put_in(bench, source).document["received"] == 2
    with records.database.read() as session:
        sums = account(session)
        assert (sums.closes, sums.unfinished) == (True, ("B1",))


@pytest.mark.slow
def test_a_disk_that_is_full_in_the_middle_loses_nothing(records, paths, tmp_path) -> None:
    """A limit on the size of files stands for the full disk: the second file does not fit."""
    source = tmp_path / "in"
    source.mkdir()
    for number, size in enumerate((1000, 40 * 2**20)):
        (source / f"{number}.jpg").write_bytes(b"\xff\xd8\xff" + bytes(size))
    paths.heartbeat(KEEPER).touch()
    command = [Path(sys.executable).with_name("triage"), "enqueue", "--each", source]
    environment = os.environ | {"TRIAGE_HOME": str(paths.home)}

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (30 * 2**20, 30 * 2**20))

    run = subprocess.run(command, env=environment, preexec_fn=limited, capture_output=True, text=True, timeout=120)
    assert run.returncode == 4, run.stderr
    assert "no room left" in run.stderr
    assert "Traceback" not in run.stderr
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    with records.database.read() as session:
        assert account(session).closes
        kept = [one.source for one in session.query(Referral) if one.duplicate_of_id is None]
        assert len(kept) == len(set(kept)) == 2
        assert len(batches.list_batches(session)) == 2
    assert shutil.disk_usage(paths.home).free


def test_full_is_told_from_other_trouble() -> None:
    assert room.is_full(OSError(errno.ENOSPC, "full"))
    assert not room.is_full(OSError(errno.EACCES, "not allowed"))
    assert not room.is_full(None)
