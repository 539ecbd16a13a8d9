"""Which indexes are due, what keeps them from being built, and what is cleared away."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, update

from config.paths import Paths
from config.settings import Settings
from engine.records.deployment import Records
from engine.records.faces.findable import forget_gallery
from engine.records.packing import pack
from engine.records.schema import Embedding, Gallery, IndexRow
from engine.records.scopes import Scope
from engine.search import index, index_files
from engine.search.errors import IndexRefused
from engine.search.index import IndexReader
from engine.search.index_files import REFUSED, building, last_check
from jobs import index_builds
from jobs.bench.standing_unit import GALLERY, SPACE
from jobs.diagnosis import Level
from jobs.health import take_snapshot
from jobs.index_builds import build_behind, clear_away, work_waits
from tests.jobs.index_world import FACES, SCOPE, fill, folder_in, lag_of, snapshot


@pytest.fixture
def folder(records: Records, paths: Paths) -> Path:
    """Where the index of a gallery is that has an up-to-date one."""
    fill(records)
    assert build_behind(records, paths, IndexReader(paths.index))
    return folder_in(paths)


def build(records: Records, paths: Paths) -> bool:
    return build_behind(records, paths, IndexReader(paths.index))


def waits(records: Records, paths: Paths) -> bool:
    return work_waits(records, paths, IndexReader(paths.index))


def remove_one(records: Records) -> None:
    with records.database.write() as session:
        session.execute(delete(IndexRow).where(IndexRow.id == session.query(IndexRow.id).limit(1).scalar_subquery()))


def let_time_pass(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(index_builds.time, "time", lambda real=time.time: real() + seconds)


def test_what_was_removed_leaves_the_disk_once_the_index_has_rested(
    records: Records, paths: Paths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove_one(records)
    rest = 20 * IndexReader(paths.index).open(SCOPE, SPACE).build_seconds
    monkeypatch.setattr(index_builds, "_REST", 10**6)
    lag = lag_of(records, paths)
    assert (lag.behind, lag.overdue, lag.due, waits(records, paths)) == (1, False, False, False)
    monkeypatch.undo()
    let_time_pass(monkeypatch, rest)
    assert (lag_of(records, paths).overdue, waits(records, paths)) == (True, True)
    assert build(records, paths)
    assert (snapshot(folder), lag_of(records, paths).behind) == ("000002", 0)


def test_every_byte_is_read_again_after_a_day(
    records: Records, paths: Paths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    digest = index_files._sha256
    monkeypatch.setattr(index_files, "_sha256", lambda path: read.append(path.name) or digest(path))
    assert (waits(records, paths), build(records, paths), read) == (False, True, [])
    day_ago = time.time() - 86_500
    os.utime(folder / "000001" / "checked.json", (day_ago, day_ago))
    assert waits(records, paths)
    assert read == [], "looking takes no longer than counting"
    assert build(records, paths)
    assert {"vectors.npy", "values.npy", "rows.npy"} <= set(read)
    assert time.time() - last_check(folder) < 60
    assert not waits(records, paths)


def test_damage_found_then_has_the_index_built_again(records: Records, paths: Paths, folder: Path) -> None:
    file = folder / "000001" / "vectors.npy"
    looks = file.stat()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(looks.st_atime_ns, looks.st_mtime_ns))
    assert waits(records, paths)
    assert build(records, paths)
    assert snapshot(folder) == "000002"


def test_a_refused_build_is_critical_and_tried_again_after_an_hour(
    records: Records, settings: Settings, paths: Paths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(session, root, scope, space):
        tried.append(scope.name)
        with building(index.folder_of(root, scope, space)) as draft:
            draft.refuse("The new index was not published: it is a test.")
        raise IndexRefused("The new index was not published: it is a test.", "")

    monkeypatch.setattr(index_builds.index, "build", refuse)
    with records.database.write() as session:
        session.execute(delete(IndexRow).where(IndexRow.id % 3 == 0, IndexRow.gallery_id == GALLERY))
        session.execute(delete(IndexRow).where(IndexRow.gallery_id.is_(None)))
    monkeypatch.setattr(index_builds, "_WORTH_AN_INDEX", 100)
    assert (waits(records, paths), build(records, paths), tried) == (True, True, ["G1"])
    assert (waits(records, paths), build(records, paths), tried) == (False, True, ["G1"])
    assert snapshot(folder) == "000001", "the last good one stays"
    [finding] = [one for one in take_snapshot(records, settings, paths).findings if "G1" in one.message]
    assert finding.level is Level.CRITICAL
    assert finding.message == "G1: The new index was not published: it is a test."
    assert "triage index build" in finding.hint
    hour_ago = time.time() - 3_700
    os.utime(folder / REFUSED, (hour_ago, hour_ago))
    assert (waits(records, paths), build(records, paths), tried) == (True, True, ["G1", "G1"])


def test_a_gallery_that_cannot_be_built_keeps_no_other_from_being_built(
    records: Records, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(records)
    monkeypatch.setattr(index_builds, "_WORTH_AN_INDEX", 100)
    with records.database.write() as session:
        words = {"owner": "x", "purpose_text": "x", "lawful_basis": "x", "purpose": "missing"}
        session.add(Gallery(id=2, unit_id=records.unit_id, name="second", **words))
        session.flush()
        session.execute(update(IndexRow).where(IndexRow.id > 1_000).values(gallery_id=2))
        bad = pack(np.full(128, np.nan, np.float32))
        session.execute(update(Embedding).where(Embedding.face_id == 1).values(vector=bad))
    assert not build(records, paths), "another try makes sense soon"
    assert not lag_of(records, paths).usable
    assert lag_of(records, paths, Scope(2)).behind == 0


def test_leftovers_and_indexes_of_nothing_are_cleared_away_but_not_work_under_way(
    records: Records, paths: Paths, folder: Path
) -> None:
    (folder / "building").mkdir()
    (folder / "000000").mkdir()
    other = paths.index / "G1" / "another-space"
    with building(other) as draft:
        draft.write("a", "<i8", (1,), [np.array([1])])
        draft.publish({})
    with building(folder):
        clear_away(records, paths)
        assert (folder / "building").exists()
    assert not other.exists()
    clear_away(records, paths)
    assert sorted(path.name for path in folder.iterdir()) == ["000001", "CURRENT", "LOCK"]
    assert lag_of(records, paths).faces == FACES
    with records.database.write() as session:
        forget_gallery(session, GALLERY)
    clear_away(records, paths)
    assert not folder.exists()
