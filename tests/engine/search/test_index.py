"""Published indexes: whole or not at all, one writer, nothing left of what was removed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from engine.records.schema import IndexRow
from engine.records.scopes import Scope
from engine.search import index
from engine.search.errors import IndexBusy, IndexUnusable
from engine.search.index import IndexReader
from engine.search.index_files import Build, building, current, open_generation
from tests.engine.records.records_world import World, a_gallery
from tests.engine.search.search_world import SPACE, a_person

# A build of 100 arrays that says when each is on the disk, so that it can be killed anywhere between.
_BUILDER = """
import sys
from pathlib import Path
import numpy as np
from engine.search.index_files import building
with building(Path(sys.argv[1])) as draft:
    print("locked", flush=True)
    for number in range(100):
        draft.write(f"a{number}", "<f4", (50, 4), [np.full((50, 4), number)])
        print(number, flush=True)
    draft.publish({"by": "the other"})
    print("published", flush=True)
"""


def publish(folder: Path, value: int) -> str:
    with building(folder) as draft:
        draft.write("a0", "<i8", (2,), [np.array([value]), np.array([value])])
        return draft.publish({"by": value}).name


def in_use(folder: Path) -> object:
    generation = open_generation(folder, *current(folder))
    return generation.meta["by"], generation.array("a0").tolist()


def builder(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _BUILDER, str(folder)], stdout=subprocess.PIPE, text=True)


def test_a_newer_generation_replaces_the_older_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    assert publish(tmp_path, 1) == "000001"
    assert in_use(tmp_path) == (1, [1, 1])
    assert publish(tmp_path, 2) == "000002"
    assert in_use(tmp_path) == (2, [2, 2])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000002", "CURRENT", "LOCK"]


@pytest.mark.slow
@pytest.mark.parametrize("after", ["locked", "0", "57", "99"])
def test_a_build_killed_anywhere_leaves_the_last_good_index_and_the_lock_free(tmp_path: Path, after: str) -> None:
    publish(tmp_path, 1)
    with builder(tmp_path) as process:
        assert process.stdout is not None
        while (line := process.stdout.readline().strip()) != after:
            assert line
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    if current(tmp_path)[0] == "000001":
        assert in_use(tmp_path) == (1, [1, 1])
    else:
        assert after == "99", "only a build whose last array was written can have come to its end"
        assert in_use(tmp_path) == ("the other", [[0.0] * 4] * 50)
    assert publish(tmp_path, 3) > "000001"
    assert in_use(tmp_path) == (3, [3, 3])
    assert not (tmp_path / "building").exists()


@pytest.mark.slow
def test_a_second_writer_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    with builder(tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        os.kill(process.pid, signal.SIGSTOP)
        try:
            with pytest.raises(IndexBusy, match="Another process"):
                publish(tmp_path, 1)
        finally:
            os.kill(process.pid, signal.SIGKILL)
    assert publish(tmp_path, 2)
    assert in_use(tmp_path) == (2, [2, 2])


def test_a_build_that_fails_leaves_the_index_in_use(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    with pytest.raises(IndexUnusable, match="1 of 2 a0"), building(tmp_path) as draft:
        draft.write("a0", "<i8", (2,), [np.array([5])])
    assert in_use(tmp_path) == (1, [1, 1])
    publish(tmp_path, 2)


def test_a_generation_without_a_pointer_is_not_used_and_its_number_not_given_again(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    with building(tmp_path) as draft:
        draft.write("a0", "<i8", (1,), [np.array([7])])
        # What is there after a crash between the two renames of a publication.
        (tmp_path / "building").rename(tmp_path / draft.name)
    assert in_use(tmp_path) == (1, [1, 1])
    assert publish(tmp_path, 3) == "000003"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000003", "CURRENT", "LOCK"]


@pytest.mark.parametrize("text", ["", "000001", "000001 abc", "../x y\n", "\xff"])
def test_a_broken_pointer_is_named(tmp_path: Path, text: str) -> None:
    publish(tmp_path, 1)
    (tmp_path / "CURRENT").write_bytes(text.encode("latin-1"))
    with pytest.raises(IndexUnusable):
        open_generation(tmp_path, *current(tmp_path))


def test_an_empty_array_can_be_published(tmp_path: Path) -> None:
    with building(tmp_path) as draft:
        draft.write("vectors", "<f4", (0, 4), [])
        assert draft.publish({}).array("vectors").shape == (0, 4)


def test_files_and_folders_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "G1" / "space"
    publish(folder, 1)
    assert (folder.stat().st_mode & 0o777, (folder / "000001").stat().st_mode & 0o777) == (0o700, 0o700)


def test_the_index_holds_the_scope_and_nothing_of_what_was_removed(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    secret = np.array([0.123456, 7.654321, -3.25, 2.5], np.float32)
    with world.database.write() as session:
        gallery, other = a_gallery(session, "missing"), a_gallery(session, "others")
        gone = a_person(session, world.vault, gallery, "gone", [secret])
        stays = a_person(session, world.vault, gallery, "stays", [[1, 0, 0, 0], [0, 1, 0, 0]])
        a_person(session, world.vault, other, "elsewhere", [[0, 0, 1, 0]])
    scope = Scope(gallery.id)
    with world.database.read() as session:
        first = index.build(session, folder, scope, SPACE)
    assert first.owners.tolist() == [gone.id, stays.id, stays.id]
    assert np.array_equal(first.vectors, [secret, [1, 0, 0, 0], [0, 1, 0, 0]])
    assert first.seen_row == first.rows[-1]
    assert len(first.strangers) == 3, "each face searches for the other person"
    assert any(secret.tobytes() in path.read_bytes() for path in folder.rglob("*.npy"))
    with world.database.write() as session:
        session.execute(delete(IndexRow).where(IndexRow.reference_id == gone.id))
    with world.database.read() as session:
        second = index.build(session, folder, scope, SPACE)
    assert second.owners.tolist() == [stays.id, stays.id]
    assert not any(secret.tobytes() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_reader_sees_each_new_generation(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        a_person(session, world.vault, gallery, "Emma", [[1, 0, 0, 0]])
    scope, reader = Scope(gallery.id), IndexReader(tmp_path)
    with pytest.raises(IndexUnusable, match="No index"):
        reader.open(scope, SPACE)
    with world.database.read() as session:
        index.build(session, tmp_path, scope, SPACE)
    first = reader.open(scope, SPACE)
    assert reader.open(scope, SPACE) is first, "it stays open"
    with world.database.read() as session:
        index.build(session, tmp_path, scope, SPACE)
    assert reader.open(scope, SPACE).snapshot == "000002"
    assert first.vectors[0, 0] == 1, "a search that has the older one open can end"


@pytest.mark.slow
def test_readers_never_fail_while_generations_are_published(tmp_path: Path) -> None:
    publish(tmp_path, 0)
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; from tests.engine.search.test_index import publish\n"
            "for value in range(1, 40): publish(Path(sys.argv[1]), value)",
            str(tmp_path),
        ],
        cwd=Path(__file__).parents[3],
    )
    looks = 0
    while writer.poll() is None:
        by, _ = _patiently(tmp_path)
        looks += 1
        assert 0 <= by <= 39
        time.sleep(0.001)
    assert writer.returncode == 0
    assert looks > 10
    assert in_use(tmp_path) == (39, [39, 39])


def _patiently(folder: Path) -> tuple[int, object]:
    """As a reader of indexes does it: once more where a newer generation has appeared meanwhile."""
    pointer = current(folder)
    while True:
        try:
            generation = open_generation(folder, *pointer)
            return generation.meta["by"], generation.array("a0").tolist()
        except IndexUnusable:
            newer = current(folder)
            assert newer != pointer
            pointer = newer


def test_a_draft_starts_empty(tmp_path: Path) -> None:
    (tmp_path / "building").mkdir()
    (tmp_path / "building" / "left.npy").write_bytes(b"x")
    Build(tmp_path, "000001")
    assert list((tmp_path / "building").iterdir()) == []
