"""An index and what became of the records since: counts and answers are always those of a plain look at every row."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.records.faces import findable
from engine.records.faces.embeddings import add_embedding
from engine.records.faces.findable import forget_expired, sync
from engine.records.packing import pack
from engine.records.schema import Gallery, IndexRow, Person, Reference, ReferenceFace, now
from engine.records.scopes import Scope
from engine.search import eligibility, index
from engine.search.collection import scan
from engine.search.index import IndexReader
from tests.engine.records.records_world import World
from tests.engine.search.arrays import vectors
from tests.engine.search.search_world import SPACE, a_person, a_probe
from tests.engine.search.test_collection import TOP, agrees, filled


class Changed:
    """A gallery of which an index was built, and which then lost, gained and changed people."""

    def __init__(self, template: Path, folder: Path, draw: st.DataObject) -> None:
        self.world, self.folder = World.copy(template, folder), folder / "index"
        with self.world.database.write() as session:
            gallery = filled(session, self.world, draw.draw(vectors(most=40)), draw.draw(st.integers(1, 3)))
            self.scope = Scope(gallery.id)
            for person in session.query(Reference).order_by(Reference.id):
                if draw.draw(st.integers(0, 5)) == 0:
                    person.expires_at = now() - timedelta(days=1)
        with self.world.database.read() as session:
            index.build(session, self.folder, self.scope, SPACE)
        with self.world.database.write() as session:
            people = session.query(Reference).order_by(Reference.id).all()
            for person in people:
                fate = draw.draw(st.sampled_from(["stays", "stays", "goes", "expires", "changes", "grows"]))
                self._meet(session, gallery, person, fate, draw.draw(vectors(most=3)))
            for number, newcomer in enumerate(draw.draw(vectors(least=0, most=6))):
                a_person(session, self.world.vault, gallery, f"newcomer {number}", [newcomer])

    def _meet(self, session: Session, gallery: Gallery, person: Reference, fate: str, new: np.ndarray) -> None:
        faces = [row.face_id for row in session.query(ReferenceFace).filter_by(reference_id=person.id)]
        if fate == "goes":
            session.execute(delete(ReferenceFace).where(ReferenceFace.reference_id == person.id))
            sync(session, faces)
        elif fate == "expires":
            person.expires_at = now() - timedelta(days=1)
        elif fate == "changes":
            add_embedding(session, faces[0], SPACE.id, pack(new[0]))
        elif fate == "grows":
            a_person(session, self.world.vault, gallery, _name(session, person), new)


def _name(session: Session, person: Reference) -> str:
    return str(session.get_one(Person, person.person_id).name)


@pytest.mark.slow
# Shrinking a failure would take minutes: every step of it makes a database.
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(st.data(), vectors(most=3))
def test_whatever_changed_since_the_index_the_best_are_found(
    template: Path, draw: st.DataObject, probe: np.ndarray
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(findable, "_READ_AT_ONCE", 2)
        patch.setattr(findable, "_CUTS", 3)
        changed = Changed(template, Path(folder), draw)
        with changed.world.database.read() as session:
            agrees(session, changed.folder, changed.scope, a_probe(*probe))
        with changed.world.database.write() as session:
            forget_expired(session)
        with changed.world.database.read() as session:
            agrees(session, changed.folder, changed.scope, a_probe(*probe))
            shutil.rmtree(changed.folder)
            agrees(session, changed.folder, changed.scope, a_probe(*probe), indexed=False)
        changed.world.database.close()


def test_what_an_open_index_knows_of_removals_follows_the_records(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32), faces_each=2)
    scope, reader = Scope(gallery.id), IndexReader(tmp_path / "index")
    with world.database.read() as session:
        rows = index.build(session, tmp_path / "index", scope, SPACE).rows.tolist()
    left = []
    for row in rows:
        with world.database.read() as session:
            result = scan(session, reader, eligibility.references(scope), SPACE, [a_probe([1, 0, 0, 0])], top=TOP)[0]
            assert result.tally == eligibility.tally(session, eligibility.references(scope), SPACE)
        left.append((result.scanned, result.tally.owners))
        with world.database.write() as session:
            session.execute(delete(IndexRow).where(IndexRow.id == row))
    assert (left, result.snapshot) == ([(4, 2), (3, 2), (2, 1), (1, 1)], "000001")


def test_who_is_kept_longer_than_the_index_knew_is_searched_in_the_records(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.eye(4, dtype=np.float32))
        session.query(Reference).first().expires_at = now() - timedelta(days=1)
    with world.database.read() as session:
        index.build(session, tmp_path / "index", Scope(gallery.id), SPACE)
        assert agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0])).scanned == 3
    with world.database.write() as session:
        session.query(Reference).first().expires_at = None
    with world.database.read() as session:
        result = agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0]), indexed=False)
    assert "lacks 1 faces" in str(result.notice)


def test_one_expired_and_one_removed_do_not_make_up_for_each_other(world: World, tmp_path: Path) -> None:
    with world.database.write() as session:
        gallery = filled(session, world, np.random.default_rng(1).standard_normal((6, 4)).astype(np.float32))
        people = session.query(Reference).order_by(Reference.id).all()
        people[2].expires_at = now() - timedelta(days=1)
    with world.database.read() as session:
        rows = index.build(session, tmp_path / "index", Scope(gallery.id), SPACE).rows.tolist()
    with world.database.write() as session:
        session.execute(delete(IndexRow).where(IndexRow.id == rows[1]))
    with world.database.read() as session:
        assert agrees(session, tmp_path / "index", Scope(gallery.id), a_probe([1, 0, 0, 0])).scanned == 4
