"""What is findable is exactly what the records say, whatever people and machines do in between."""

import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.records.actors import Actor
from engine.records.errors import Refused
from engine.records.faces import findable
from engine.records.faces.embeddings import add_embedding
from engine.records.faces.spaces import SpaceRecord, register
from engine.records.faces.subjects import regroup, subjects_of
from engine.records.people.galleries import enrol, remove_gallery
from engine.records.review.reshaping import merge, split
from engine.records.schema import (
    Embedding,
    Face,
    Gallery,
    IndexRow,
    Media,
    Reference,
    ReferenceFace,
    Subject,
    SubjectFace,
    now,
)
from engine.records.scopes import MATERIAL, Scope
from engine.records.words import UserRole
from tests.engine.records.records_world import (
    SPACE,
    WORKER,
    World,
    a_gallery,
    a_reference,
    a_referral,
    a_subject_each,
    a_user,
    a_vector,
    analysed,
    members,
)

OTHER_SPACE = SpaceRecord("space-two", "other", 4, "cosine", {"weights": "two"})


def expected(session: Session) -> set[tuple[object, ...]]:
    """The findable rows recomputed from scratch, one record at a time."""
    found: set[tuple[object, ...]] = set()
    for embedding in session.scalars(select(Embedding)):
        face_id, space = embedding.face_id, embedding.space_id
        for entry in session.scalars(select(ReferenceFace).where(ReferenceFace.face_id == face_id)):
            reference = session.get_one(Reference, entry.reference_id)
            if session.get_one(Gallery, reference.gallery_id).removed_at is None:
                found.add((space, face_id, reference.gallery_id, reference.id, None))
        for entry in session.scalars(select(SubjectFace).where(SubjectFace.face_id == face_id)):
            if session.get_one(Subject, entry.subject_id).merged_into_id is None:
                found.add((space, face_id, None, None, entry.subject_id))
    return found


def present(session: Session) -> set[tuple[object, ...]]:
    rows = list(session.scalars(select(IndexRow)))
    assert len({row.id for row in rows}) == len(rows)
    return {(row.space_id, row.face_id, row.gallery_id, row.reference_id, row.subject_id) for row in rows}


class Records(RuleBasedStateMachine):
    """Random work of machines and people on a few referrals and galleries."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.world = World.copy(self.template, Path(self.folder.name))
        self.writing = self.world.database.write()
        self.session = self.writing.__enter__()
        register(self.session, OTHER_SPACE, actor=WORKER)
        self.anna = Actor.user(a_user(self.session, "anna", UserRole.SUPERVISOR))
        self.newest = 0

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.rollback()
            self.world.database.close()
            self.folder.cleanup()

    def any_of(self, data: st.DataObject, table: type) -> object:
        return data.draw(st.sampled_from(list(self.session.scalars(select(table).order_by(table.id)))))  # type: ignore[attr-defined]

    @rule(faces=st.integers(1, 4))
    def receive(self, faces: int) -> None:
        found = analysed(self.session, self.world.vault, faces)
        referral = a_referral(self.session, self.session.get_one(Media, found[0].media_id))
        regroup(self.session, referral, [[face.id for face in found]], actor=WORKER)

    @rule(data=st.data(), faces=st.integers(1, 2))
    def enrol(self, data: st.DataObject, faces: int) -> None:
        number = data.draw(st.integers(1, 2))
        gallery = self.session.scalar(select(Gallery).where(Gallery.name == f"gallery {number}"))
        gallery = gallery or a_gallery(self.session, f"gallery {number}")
        if gallery.removed_at is None:
            a_reference(self.session, self.world.vault, gallery, data.draw(st.sampled_from(["Emma", "Ida"])), faces)

    @precondition(lambda self: self.session.scalar(select(Face.id).limit(1)))
    @rule(data=st.data(), space=st.sampled_from([SPACE.id, OTHER_SPACE.id]))
    def embed(self, data: st.DataObject, space: str) -> None:
        face = self.any_of(data, Face)
        add_embedding(self.session, face.id, space, a_vector())  # type: ignore[attr-defined]

    @precondition(lambda self: self.session.scalar(select(Subject.id).limit(1)))
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        subject = self.any_of(data, Subject)
        faces = sorted(members(self.session, subject))  # type: ignore[arg-type]
        try:
            split(self.session, subject, faces[: len(faces) // 2], actor=self.anna)  # type: ignore[arg-type]
        except Refused:
            return

    @precondition(lambda self: self.session.scalar(select(Subject.id).limit(1)))
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        first, second = self.any_of(data, Subject), self.any_of(data, Subject)
        try:
            merge(self.session, first, second, actor=self.anna)  # type: ignore[arg-type]
        except Refused:
            return

    @precondition(lambda self: self.session.scalar(select(Gallery.id).limit(1)))
    @rule(data=st.data())
    def remove_gallery(self, data: st.DataObject) -> None:
        remove_gallery(self.session, self.any_of(data, Gallery), actor=self.anna)  # type: ignore[arg-type]

    @invariant()
    def findable_is_exactly_what_the_records_say(self) -> None:
        if hasattr(self, "session"):
            assert present(self.session) == expected(self.session)


@pytest.mark.slow
def test_findable_is_exactly_what_the_records_say_whatever_is_done(template: Path) -> None:
    Records.template = template
    run_state_machine_as_test(Records, settings=settings(max_examples=25, stateful_step_count=15, deadline=None))


def test_rows_come_in_order_in_blocks_with_their_vectors(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        reference = a_reference(session, world.vault, gallery, "Emma", faces=5)
        scope = Scope(gallery.id)
        blocks = list(findable.rows(session, scope, SPACE.id, batch=2))
        assert [len(block.ids) for block in blocks] == [2, 2, 1]
        ids = np.concatenate([block.ids for block in blocks])
        assert (np.diff(ids) > 0).all()
        assert {owner for block in blocks for owner in block.owner_ids.tolist()} == {reference.id}
        assert blocks[0].vectors.dtype == np.float32 and blocks[0].vectors.shape == (2, 4)
        later = list(findable.rows(session, scope, SPACE.id, after=int(ids[2])))
        assert later[0].ids.tolist() == ids[3:].tolist()
        assert findable.count(session, scope, SPACE.id) == 5
        assert findable.count(session, scope, SPACE.id, upto=int(ids[2])) == 3
        assert findable.count(session, MATERIAL, SPACE.id) == 0


def test_the_material_is_owned_by_subjects(world: World) -> None:
    with world.database.write() as session:
        _, (one, two) = a_subject_each(session, world.vault, people=2)
        (block,) = findable.rows(session, MATERIAL, SPACE.id)
        assert block.owner_ids.tolist() == [one.id, two.id]


def test_faces_follow_their_subject_when_people_split_and_merge(world: World) -> None:
    with world.database.write() as session:
        anna = Actor.user(a_user(session, "anna"))
        _, (one, two) = a_subject_each(session, world.vault, people=2)
        merge(session, two, one, actor=anna)
        assert {owner for _, _, _, _, owner in present(session)} == {one.id}
        new = split(session, one, sorted(members(session, one))[:1], actor=anna)
        assert {owner for _, _, _, _, owner in present(session)} == {one.id, new.id}
        assert present(session) == expected(session)


def test_an_expired_reference_is_not_found_from_that_moment_on(world: World) -> None:
    with world.database.write() as session:
        gallery = a_gallery(session, "missing")
        ended, kept = (a_reference(session, world.vault, gallery, name) for name in ("Emma", "Ida"))
        ended.expires_at, kept.expires_at = now() - timedelta(seconds=1), now() + timedelta(days=1)
        session.flush()
        scope = Scope(gallery.id)
        (block,) = findable.rows(session, scope, SPACE.id)
        assert block.owner_ids.tolist() == [kept.id]
        assert findable.count(session, scope, SPACE.id) == 1
        assert findable.forget_expired(session) == 1
        assert findable.count(session, scope, SPACE.id) == 1


def test_an_enrolled_face_may_also_be_material(world: World) -> None:
    with world.database.write() as session:
        referral, (subject,) = a_subject_each(session, world.vault)
        (face,) = members(session, subject)
        gallery = a_gallery(session, "missing")
        enrol(session, gallery, "Emma", [(face, "a.jpg")], actor=WORKER)
        assert findable.count(session, Scope(gallery.id), SPACE.id) == findable.count(session, MATERIAL, SPACE.id) == 1
        assert subjects_of(session, referral) == [subject]
