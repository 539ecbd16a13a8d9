"""Indexes built aside, by real processes: the keeper goes on meanwhile, and no kill leaves anything broken."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.paths import Paths
from engine.records.deployment import Records
from engine.search.errors import IndexBusy
from engine.search.index import IndexReader
from engine.search.index_files import building
from jobs.alive import keeper_silence
from jobs.index_builder import IndexBuilder
from tests.jobs.index_world import FACES, fill, folder_in, lag_of, opened, snapshot
from tests.jobs.jobs_world import wait_until


@pytest.fixture
def folder(paths: Paths) -> Path:
    return folder_in(paths)


@pytest.fixture
def builder(records: Records, paths: Paths) -> Iterator[IndexBuilder]:
    fill(records)
    builder = IndexBuilder(paths, IndexReader(paths.index))
    yield builder
    builder.stop()


def under_way(folder: Path) -> None:
    wait_until((folder / "building").exists)


def ended(builder: IndexBuilder) -> None:
    wait_until(lambda: builder.process_id is None)


def may_build(folder: Path) -> bool:
    """Whether nobody holds the lock of the index."""
    try:
        with building(folder):
            return True
    except IndexBusy:
        return False


def test_what_is_due_is_built_in_a_process_of_its_own_once(
    records: Records, paths: Paths, folder: Path, builder: IndexBuilder
) -> None:
    assert lag_of(records, paths).due
    builder.look_after(records)
    assert builder.process_id not in (None, os.getpid())
    ended(builder)
    assert (snapshot(folder), opened(paths)) == ("000001", FACES)
    assert not lag_of(records, paths).due
    builder.look_after(records)
    assert builder.process_id is None, "there is nothing more to do"


@pytest.mark.slow
def test_a_build_that_takes_long_holds_nobody_up_and_no_other_is_begun(
    records: Records, folder: Path, builder: IndexBuilder
) -> None:
    builder.look_after(records)
    under_way(folder)
    first = builder.process_id
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    builder.look_after(records)
    assert builder.process_id == first
    assert (folder / "building").exists(), "it is somebody's work, not a leftover"
    os.kill(first, signal.SIGCONT)
    ended(builder)
    assert snapshot(folder) == "000001"


@pytest.mark.slow
def test_a_second_builder_is_refused_by_the_lock_until_it_is_free(
    records: Records, paths: Paths, folder: Path, builder: IndexBuilder
) -> None:
    with building(folder):
        builder.look_after(records)
        ended(builder)
        assert lag_of(records, paths).due, "another one builds"
    builder.look_after(records)
    ended(builder)
    assert not lag_of(records, paths).due


@pytest.mark.slow
def test_a_builder_killed_in_the_middle_leaves_nothing_broken_and_the_next_waits_a_while(
    records: Records, paths: Paths, folder: Path, builder: IndexBuilder
) -> None:
    builder.look_after(records)
    under_way(folder)
    assert builder.process_id is not None
    os.kill(builder.process_id, signal.SIGKILL)
    ended(builder)
    assert lag_of(records, paths).faces == FACES
    builder.look_after(records)
    assert builder.process_id is None, "it waits, so that what fails does not eat the machine"
    assert not (folder / "building").exists()
    builder._not_before = 0.0
    builder.look_after(records)
    ended(builder)
    assert (snapshot(folder), opened(paths)) == ("000001", FACES)


@pytest.mark.slow
def test_a_build_ends_with_its_keeper_even_by_kill_9_and_the_next_keeper_builds(
    records: Records, paths: Paths, folder: Path
) -> None:
    fill(records)
    environment = os.environ | {"TRIAGE_HOME": str(paths.home), "TRIAGE_KEEPER__INTERVAL_SECONDS": "1"}
    keepers = []
    try:
        keepers.append(subprocess.Popen([sys.executable, "-m", "jobs.keeper"], env=environment))
        under_way(folder)
        keepers[0].kill()
        keepers[0].wait(timeout=10)
        wait_until(lambda: may_build(folder), 5)
        keepers.append(subprocess.Popen([sys.executable, "-m", "jobs.keeper"], env=environment))
        wait_until(lambda: not lag_of(records, paths).due)
        assert opened(paths) == FACES
        assert not (folder / "building").exists()
        assert keeper_silence(paths) is not None
    finally:
        for keeper in keepers:
            keeper.kill()
            keeper.wait()
