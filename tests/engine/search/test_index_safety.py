"""Published indexes guard themselves: trial searches, cheap checks, nothing left of what was removed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete

from engine.records.errors import BadVector
from engine.records.packing import pack
from engine.records.schema import Embedding, IndexRow
from engine.records.scopes import Scope
from engine.search import index, index_files
from engine.search.errors import IndexRefused, IndexUnusable
from engine.search.index import IndexReader
from engine.search.index_files import REFUSED, building, current, open_generation, refusal, remove, tidy
from tests.engine.records.records_world import World, a_gallery
from tests.engine.search.search_world import SPACE, a_person
from tests.engine.search.test_index import in_use, publish

# A build of a few megabytes, so that there is something to kill it in the middle of.
_BUILDER = """
import sys
from pathlib import Path
import numpy as np
from engine.search.index_files import building
with building(Path(sys.argv[1])) as draft:
    print("locked", flush=True)
    for number in range(20):
        draft.write(f"a{number}", "<f4", (50_000, 4), [np.full((50_000, 4), number)])
    draft.publish({"by": "the other"})
print("done", flush=True)
"""


# Faces of one person; making people is what takes the time here.
_EACH = 10


def gallery_of(world: World, *vectors: object) -> Scope:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        for first in range(0, len(vectors), _EACH):
            a_person(session, world.vault, gallery, f"person {first}", vectors[first : first + _EACH])
        return Scope(gallery.id)


def build(world: World, folder: Path, scope: Scope) -> index.PublishedIndex:
    with world.database.read() as session:
        return index.build(session, folder, scope, SPACE)


def files_with(folder: Path, needles: list[bytes]) -> set[str]:
    return {
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    }


def test_a_build_whose_files_are_wrong_is_refused_and_the_last_good_one_stays(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = np.random.default_rng(1).standard_normal((40, 4)).astype(np.float32)
    scope = gallery_of(world, *rows)
    folder = index.folder_of(tmp_path, scope, SPACE)
    build(world, tmp_path, scope)
    for damage in ("values", "steps", "vectors", "owners", "faces"):
        with monkeypatch.context() as patch:
            do_harm(patch, damage)
            with pytest.raises(IndexRefused, match="not published"):
                build(world, tmp_path, scope)
        assert "not published" in (refusal(folder) or ""), damage
        assert not (folder / "building").exists(), damage
        assert IndexReader(tmp_path).open(scope, SPACE).snapshot == "000001", damage
        (folder / REFUSED).unlink()
    (folder / REFUSED).write_text("from before")
    build(world, tmp_path, scope)
    assert refusal(folder) is None
    assert not (folder / REFUSED).exists()


def do_harm(patch: pytest.MonkeyPatch, damage: str) -> None:
    """Have the next builds write one of their columns in the wrong order."""
    written, joined = index_files.Build.array, index._Columns.joined

    def damaged(self: index_files.Build, name: str) -> object:
        array = np.array(written(self, name))
        return np.ascontiguousarray(array[::-1]) if name == damage else array

    patch.setattr(index_files.Build, "array", damaged)
    if damage in ("owners", "faces"):
        patch.setattr(index._Columns, "joined", lambda self: joined(self) | {damage: joined(self)[damage][::-1]})


def test_a_trial_search_passes_with_equal_faces_and_with_few(world: World, tmp_path: Path) -> None:
    scope = gallery_of(world, *[[1, 0, 0, 0]] * 15, [0, 1, 0, 0])
    assert build(world, tmp_path, scope).snapshot == "000001"


def test_a_vector_that_is_none_is_refused_at_the_door_of_the_index(world: World, tmp_path: Path) -> None:
    scope = gallery_of(world, [1, 0, 0, 0])
    for bad in ([np.nan, 0, 0, 0], [0, 0, 0, 0], [np.inf, 1, 0, 0]):
        with world.database.write() as session:
            session.query(Embedding).update({Embedding.vector: pack(np.array(bad, np.float32))})
        with pytest.raises(BadVector):
            build(world, tmp_path, scope)
        with pytest.raises(IndexUnusable):
            IndexReader(tmp_path).open(scope, SPACE)


def test_bytes_of_a_removed_face_are_in_no_file_while_a_reader_still_has_the_old_index_open(
    world: World, tmp_path: Path
) -> None:
    indexes = tmp_path / "index"
    secret = np.array([0.123456, 7.654321, -3.25, 2.5], np.float32)
    others = np.random.default_rng(2).standard_normal((30, 4)).astype(np.float32)
    scope = gallery_of(world, secret, *others)
    old = build(world, indexes, scope)
    place = int(np.flatnonzero((old.vectors == secret).all(axis=1))[0])
    reader = IndexReader(indexes)
    held = reader.open(scope, SPACE)
    # Whatever of the short copy could tell the face again: its codes with its neighbours' before and after it.
    codes = held.codes.values[max(0, place - 1) : place + 2].tobytes()
    needles = [secret.tobytes(), codes, held.codes.losses[place].tobytes(), held.codes.steps[place].tobytes()]
    assert files_with(indexes, needles) >= {"vectors.npy", "values.npy", "losses.npy", "steps.npy"}
    folder = index.folder_of(indexes, scope, SPACE)
    (folder / "building").mkdir()
    (folder / "building" / "vectors.npy").write_bytes(secret.tobytes())
    with world.database.write() as session:
        session.execute(delete(IndexRow).where(IndexRow.id == int(old.rows[place])))
    build(world, indexes, scope)
    assert files_with(indexes, needles) == set()
    assert np.array_equal(held.vectors[place], secret), "a search under way can end"
    assert len(reader.open(scope, SPACE).rows) == 30
    assert [path.name for path in folder.iterdir() if path.is_dir()] == ["000002"]


def test_leftovers_go_without_a_build_and_a_whole_index_with_its_collection(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    with building(tmp_path) as draft:
        draft.write("a0", "<i8", (1,), [np.array([7])])
        tmp_path.joinpath("000009").mkdir()
    tidy(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000001", "CURRENT", "LOCK"]
    assert in_use(tmp_path) == (1, [1, 1])
    remove(tmp_path)
    assert not tmp_path.exists()


def test_files_are_read_through_only_where_they_look_changed_or_somebody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, 1)
    read: list[Path] = []
    digest = index_files._sha256
    monkeypatch.setattr(index_files, "_sha256", lambda path: read.append(path) or digest(path))
    open_generation(tmp_path, *current(tmp_path))
    assert read == []
    open_generation(tmp_path, *current(tmp_path), thorough=True)
    assert len(read) == 1
    file = tmp_path / "000001" / "a0.npy"
    looks = file.stat()
    file.write_bytes(file.read_bytes()[:-1] + b"\x7f")
    os.utime(file, ns=(looks.st_atime_ns, looks.st_mtime_ns))
    with pytest.raises(IndexUnusable, match="not the file"):
        open_generation(tmp_path, *current(tmp_path))


@pytest.mark.slow
def test_a_build_killed_at_any_of_many_moments_leaves_a_good_index(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    chance = random.Random(4)
    ends: set[str] = set()
    for _ in range(12):
        command = [sys.executable, "-c", _BUILDER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "locked\n"
            time.sleep(chance.uniform(0, 0.12))
            os.kill(process.pid, signal.SIGKILL)
            ends.add(process.stdout.readline().strip())
        generation = open_generation(tmp_path, *current(tmp_path), thorough=True)
        expected = [1, 1] if generation.meta["by"] == 1 else [[0.0] * 4] * 50_000
        assert generation.array("a0").tolist() == expected
    assert "" in ends, "some were killed before their end"
    tidy(tmp_path)
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1
    publish(tmp_path, 3)
    assert in_use(tmp_path) == (3, [3, 3])
