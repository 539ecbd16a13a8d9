"""Before a switch: which identifications another model would lose, who would be new, and under whose authority."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.models import load_manifest
from config.paths import Paths
from config.settings import Settings
from engine.records.actors import Actor
from engine.records.errors import Refused
from engine.records.faces.embeddings import add_embedding, vectors
from engine.records.faces.spaces import register
from engine.records.ids import public
from engine.records.packing import pack
from engine.records.people.galleries import enrol
from engine.records.schema import Face, LedgerEvent, Subject
from engine.records.searching.searches import current_search
from engine.records.words import ConclusionKind, UserRole
from engine.search.space import Space
from jobs.embedders import KnownEmbedder, record_of
from jobs.model_compare import FIRST, Comparison, compare
from jobs.workbench import Workbench
from tests.engine.records.records_world import (
    WORKER,
    World,
    a_candidate,
    a_face,
    a_gallery,
    a_permit,
    a_search,
    a_subject_each,
    a_user,
    a_vector,
    analysed,
    candidates_of,
    concluding,
    make_template,
    members,
)

OTHER = Space("feedfeedfeedfeed", "other", 4, "cosine", {})
MODEL = KnownEmbedder(OTHER, load_manifest().embedder)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Path, tmp_path: Path) -> World:
    """A gallery of more people than a comparison looks at, and two subjects that look like the first of them."""
    world = World.copy(template, tmp_path)
    with world.database.write() as session:
        register(session, record_of(OTHER), actor=WORKER)
        gallery = a_gallery(session, "known")
        references = []
        for number in range(FIRST + 5):
            (face,) = analysed(session, world.vault, [a_face(vector=a_vector(1, number / 50, 0, 0))])
            references.append(enrol(session, gallery, f"person {number}", [(face.id, "1.jpg")], actor=WORKER))
        permit = a_permit(session, [gallery.id], material=False)
        for identified in (True, False):
            _, (subject,) = a_subject_each(session, world.vault)
            (probe,) = members(session, subject)
            add_embedding(session, probe, current_space(session, probe), a_vector(1, 0, 0, 0))
            face = session.get_one(Face, 1)
            found = a_candidate(probe, face.id, reference_id=references[0].id)
            search = a_search(session, subject, permit, [found])
            if identified:
                for name in ("anna", "bo"):
                    concluding(
                        session,
                        world.vault,
                        subject,
                        a_user(session, name),
                        ConclusionKind.IDENTIFIED,
                        candidates_of(session, search)[0],
                    )
    return world


def current_space(session: Session, face: int) -> str:
    from tests.engine.records.records_world import SPACE

    assert vectors(session, SPACE.id, [face])
    return SPACE.id


def fill(world: World, *, mirrored: bool) -> None:
    """Give every face its vector in the other space: the same, or such that the most alike become the least."""
    with world.database.write() as session:
        for face_id in session.scalars(select(Face.id)).all():
            vector = vectors(session, current_space(session, face_id), [face_id])[face_id].copy()
            if mirrored and face_id <= FIRST + 5:
                vector[1] = 1 - vector[1]
            add_embedding(session, face_id, OTHER.id, pack(vector))


def compared(world: World, role: UserRole = UserRole.SUPERVISOR) -> Comparison:
    with world.database.write() as session:
        actor = Actor.user(a_user(session, "chief", role))
    bench = Workbench(world, Settings(), Paths(Path(str(world.vault.folder.parent)) / "home"), holder="command:test")
    return compare(bench, MODEL, rarer_than=1.0, actor=actor, advance=lambda *_: None)


def test_a_model_that_ranks_alike_changes_nothing(world: World) -> None:
    fill(world, mirrored=False)
    found = compared(world).document()
    assert found["identifications"] == {"kept": 1, "lost": 0, "gained": 0, "neither": 0}
    assert (found["changed"], found["new_candidates"], found["new_of_unknown_rarity"]) == ([], [], 0)
    assert found["unmatched"] == 1


def test_what_another_model_loses_and_finds_is_named_by_ids_and_recorded(world: World) -> None:
    fill(world, mirrored=True)
    with world.database.read() as session:
        lists = [current_search(session, subject).id for subject in session.scalars(select(Subject.id))]
    found = compared(world)
    document = found.document()
    assert document["identifications"] == {"kept": 0, "lost": 1, "gained": 0, "neither": 0}
    (lost,) = document["changed"]
    assert (lost["change"], lost["subject"], lost["rank"], lost["rank_with_model"]) == ("lost", "S1", 1, None)
    new = {one["candidate"] for one in document["new_candidates"]}
    assert len(new) + document["new_of_unknown_rarity"] == 5
    assert new <= {public("reference", number) for number in range(FIRST + 1, FIRST + 6)}
    with world.database.read() as session:
        started, done = session.scalars(
            select(LedgerEvent).where(LedgerEvent.action.like("models.compare%")).order_by(LedgerEvent.id)
        )
        assert (started.action, done.action) == ("models.compare_started", "models.compared")
        assert (done.target, done.details["subjects"], done.details["permits"]) == (OTHER.id, 2, document["permits"])
        assert done.details["scanned"] == found.scanned == 4 * (FIRST + 5)
        assert [current_search(session, subject).id for subject in session.scalars(select(Subject.id))] == lists


def test_without_a_permit_nobody_is_searched(world: World) -> None:
    fill(world, mirrored=True)
    with world.database.write() as session:
        for subject in session.scalars(select(Subject)):
            subject.role = "bystander"
    found = compared(world)
    assert (found.not_compared, found.scanned) == ({"no permit covers it": 2}, 0)


def test_it_takes_a_supervisor_and_a_filled_space(world: World) -> None:
    with pytest.raises(Refused, match="compare models"):
        compared(world, UserRole.INVESTIGATOR)
    with world.database.write() as session:
        actor = Actor.user(a_user(session, "boss", UserRole.SUPERVISOR))
    bench = Workbench(world, Settings(), Paths(world.vault.folder.parent / "home"), holder="command:test")
    with pytest.raises(Refused, match="Only 0 of 27 faces") as refused:
        compare(bench, MODEL, rarer_than=1.0, actor=actor, advance=lambda *_: None)
    assert "triage models fill other" in refused.value.hint
    with world.database.read() as session:
        assert session.scalar(select(LedgerEvent).where(LedgerEvent.action.like("models.compare%"))) is None
    with pytest.raises(Refused, match="is the model at work"):
        compare(bench, replace(MODEL, space=at_work(world)), rarer_than=1.0, actor=actor, advance=lambda *_: None)


def at_work(world: World) -> Space:
    from jobs.index_builds import working_space

    with world.database.read() as session:
        space = working_space(session)
    assert space is not None
    return space
