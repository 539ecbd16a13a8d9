"""One scope searched: always what a brute force over the records finds, whatever became of the index."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from engine.records.errors import BadVector, SpaceMismatch
from engine.records.packing import pack
from engine.records.review.exclusions import Exclusions
from engine.records.schema import Embedding, Gallery, IndexRow, LedgerEvent, Reference, ReferenceFace, now
from engine.records.scopes import MATERIAL, Scope
from engine.search import collection, eligibility, index
from engine.search.collection import ScopeResult, scan
from engine.search.index import IndexReader
from engine.search.probes import Probe
from tests.engine.records.records_world import World, a_gallery
from tests.engine.search.arrays import brute_force
from tests.engine.search.search_world import SPACE, a_person, a_probe, a_subject, probe_of

TOP = 5


def searched(session: Session, folder: Path, scope: Scope, probe: Probe, top: int = TOP) -> ScopeResult:
    return scan(session, IndexReader(folder), eligibility.references(scope), SPACE, [probe], top=top)[0]


def expected(session: Session, probe: Probe, top: int = TOP) -> list[tuple[int, int]]:
    """(row, owner) of the best owners by a brute force over every row of the only gallery."""
    living = (
        session.query(IndexRow.id, IndexRow.reference_id, Embedding.vector)
        .join(Embedding, Embedding.face_id == IndexRow.face_id)
        .join(Reference, Reference.id == IndexRow.reference_id)
        .where(or_(Reference.expires_at.is_(None), Reference.expires_at > now()))
    )
    best: dict[int, tuple[float, int]] = {}
    for row, owner, data in living:
        score = brute_force(SPACE, probe.vectors, np.frombuffer(data, "<f4")[None]).max()
        best[owner] = min(best.get(owner, (np.inf, 0)), (-score, row))
    order = sorted((key, owner) for owner, key in best.items())[:top]
    return [(row, owner) for (_, row), owner in order]


def agrees(session: Session, folder: Path, scope: Scope, probe: Probe, *, indexed: bool = True) -> ScopeResult:
    result = searched(session, folder, scope, probe)
    assert list(zip(result.best.rows.tolist(), result.best.owners.tolist(), strict=True)) == expected(session, probe)
    assert result.scanned == result.tally.rows
    assert result.tally == eligibility.tally(session, eligibility.references(scope), SPACE), "counted row by row"
    assert (result.snapshot is not None) == indexed, result.notice
    assert (result.notice is None) == indexed
    return result


def filled(session: Session, world: World, rows: np.ndarray, faces_each: int = 1) -> Gallery:
    gallery = a_gallery(session, "missing")
    for start in range(0, len(rows), faces_each):
        a_person(session, world.vault, gallery, f"person {start}", rows[start : start + faces_each])
    return gallery


@pytest.mark.slow
def test_many_faces_of_one_person_do_not_crowd_out_the_others(world: World, tmp_path: Path) -> None:
    rows = np.random.default_rng(1).standard_normal((600, 4)).astype(np.float32)
    rows[:300] = rows[0] + rows[:300] * 1e-4
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        a_person(session, world.vault, gallery, "many", rows[:300])
        for number, row in enumerate(rows[300:]):
            a_person(session, world.vault, gallery, f"one {number}", [row])
    with world.database.read() as session:
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        for probe in (a_probe(rows[0]), a_probe(rows[0], rows[400])):
            result = agrees(session, tmp_path / "index", Scope(gallery.id), probe)
            assert (result.scanned, len(result.best.owners)) == (600, TOP)


@pytest.mark.slow
def test_scores_that_float32_cannot_tell_apart_are_in_their_true_order(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "_SPARE", 0)
    # One step of float32 in each of four numbers: distances that differ from the ninth digit on.
    steps = np.stack(np.meshgrid(*[[0, 1, 2]] * 4), axis=-1).reshape(-1, 4)
    rows = (np.float32([3, 4, 5, 6]) + steps * np.spacing(np.float32(3))).astype(np.float32)
    np.random.default_rng(2).shuffle(rows)
    with world.database.write() as session:
        gallery = filled(session, world, rows)
    with world.database.read() as session:
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        for probe in (a_probe([1, 0, 0, 0]), a_probe([0, 0, 0, 1]), a_probe([1, 0, 0, 0], [0, 0, 0, 1])):
            agrees(session, tmp_path / "index", Scope(gallery.id), probe)


def test_a_removed_row_is_never_returned_and_not_counted(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
    scope = Scope(gallery.id)
    with world.database.read() as session:
        index.build(session, tmp_path / "index", scope, SPACE)
        first = searched(session, tmp_path / "index", scope, a_probe([1, 0, 0, 0]))
    with world.database.write() as session:
        session.execute(delete(IndexRow).where(IndexRow.id == int(first.best.rows[0])))
    with world.database.read() as session:
        second = agrees(session, tmp_path / "index", scope, a_probe([1, 0, 0, 0]))
    assert (first.scanned, second.scanned) == (4, 3)
    assert first.best.owners[0] not in second.best.owners


def test_a_newer_face_is_found_at_once(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
    with world.database.read() as session:
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
    with world.database.write() as session:
        newcomer = a_person(session, world.vault, gallery, "new", [[9, 9, 9, 9]])
    with world.database.read() as session:
        result = agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([9, 9, 9, 9]))
    assert (result.best.owners[0], result.best.scores[0], result.scanned) == (newcomer.id, 1.0, 5)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("damage", [_truncate, _flip, Path.unlink])
@pytest.mark.parametrize("file", ["vectors.npy", "rows.npy", "owners.npy", "faces.npy", "strangers.npy", "meta.json"])
def test_a_damaged_index_is_named_and_the_records_answer(world: World, tmp_path: Path, damage, file: str) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
    with world.database.read() as session:
        snapshot = index.build(session, tmp_path / "index", Scope(gallery.id), SPACE).snapshot
        damage(tmp_path / "index" / f"G{gallery.id}" / SPACE.id / snapshot / file)
        result = agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0]), indexed=False)
    assert result.notice is not None
    assert file in result.notice
    assert f"All 4 faces of G{gallery.id} were read from the records" in result.notice


def test_damage_done_while_the_index_is_open_is_noticed(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
    eligible, probe = eligibility.references(Scope(gallery.id)), a_probe([1, 0, 0, 0])
    reader = IndexReader(tmp_path / "index")
    with world.database.read() as session:
        snapshot = index.build(session, tmp_path / "index", Scope(gallery.id), SPACE).snapshot
        assert scan(session, reader, eligible, SPACE, [probe], top=1)[0].snapshot == snapshot
        _flip(tmp_path / "index" / f"G{gallery.id}" / SPACE.id / snapshot / "vectors.npy")
        assert "vectors.npy" in str(scan(session, reader, eligible, SPACE, [probe], top=1)[0].notice)
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        assert scan(session, reader, eligible, SPACE, [probe], top=1)[0].notice is None


def test_an_index_of_another_space_or_scope_is_not_used(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
    with world.database.read() as session:
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        index.build(session, tmp_path / "index", MATERIAL, SPACE)
        right = tmp_path / "index" / f"G{gallery.id}" / SPACE.id
        shutil.rmtree(right)
        shutil.copytree(tmp_path / "index" / "material" / SPACE.id, right)
        result = agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0]), indexed=False)
    assert "is of material" in str(result.notice)


def test_an_index_from_before_a_restored_backup_is_not_used(world: World, tmp_path: Path, template: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
    with world.database.read() as session:
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
    (tmp_path / "restored").mkdir()
    restored = World.copy(template, tmp_path / "restored")
    with restored.database.write() as session:
        gallery = filled(session, restored, np.eye(4, dtype=np.float32)[::-1].copy())
        assert session.query(LedgerEvent).count() > 4
    with restored.database.read() as session:
        result = agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0]), indexed=False)
    assert "not built from these records" in str(result.notice)


def test_vectors_that_do_not_belong_are_refused(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
        scope = Scope(gallery.id)
        for bad in (a_probe([0, 0, 0, 0]), a_probe([np.nan, 0, 0, 0])):
            with pytest.raises(BadVector):
                searched(session, tmp_path, scope, bad)
        with pytest.raises(SpaceMismatch):
            searched(session, tmp_path, scope, a_probe([1, 0, 0]))
        good = a_probe([1, 0, 0, 0])
        with pytest.raises(SpaceMismatch, match="another-space"):
            searched(session, tmp_path, scope, Probe("another-space", good.vectors, good.qualities))
        session.query(Embedding).first().vector = pack(np.array([np.nan, 0, 0, 0], np.float32))
        session.flush()
        with pytest.raises(BadVector, match=scope.name):
            index.build(session, tmp_path, scope, SPACE)


def test_a_gallery_without_faces_is_an_answer(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
    with world.database.read() as session:
        agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0]), indexed=False)
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        result = agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0]))
    assert (result.scanned, len(result.best.rows)) == (0, 0)


def test_an_excluded_pair_gives_way_to_the_next_best_pair_of_its_owner(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        person = a_person(session, world.vault, gallery, "Emma", [[1, 0, 0, 0], [0, 1, 0, 0]])
        only = a_person(session, world.vault, gallery, "Ida", [[1, 1, 0, 0]])
        subject = a_subject(session, world.vault, [[1, 0, 0, 0]])
        probe = probe_of(session, subject)
        faces = {row.reference_id: [] for row in session.query(ReferenceFace)}
        for row in session.query(ReferenceFace).order_by(ReferenceFace.face_id):
            faces[row.reference_id].append(row.face_id)
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        assert probe.faces is not None
        pairs = frozenset({(probe.faces[0], faces[person.id][0]), (probe.faces[0], faces[only.id][0])})
        excluding = Probe(
            probe.space_id, probe.vectors, probe.qualities, probe.faces, Exclusions(pairs, frozenset(), frozenset())
        )
        for folder in (tmp_path / "index", tmp_path / "nothing"):
            result = searched(session, folder, Scope(gallery.id), excluding)
            assert list(zip(result.best.owners, result.best.faces, strict=True)) == [(person.id, faces[person.id][1])]
            assert result.scanned == result.tally.rows == 3
