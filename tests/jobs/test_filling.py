"""A second model's space is filled beside the one at work, switched to and back from, and nobody is lost on the way."""

from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import func, select

from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.errors import NotFound, Refused
from engine.records.faces import fills, findable
from engine.records.faces.embeddings import vectors as vectors_of
from engine.records.faces.fills import FillState
from engine.records.faces.spaces import Decision, register
from engine.records.ids import public
from engine.records.packing import unpack
from engine.records.schema import Embedding, Face, Fill, LedgerEvent, Media, Space
from engine.records.scopes import Scope
from engine.records.words import Lane, UserRole
from jobs import embedders, filling
from jobs.detecting import detect_media
from jobs.embedders import KnownEmbedder
from jobs.filling import fill_space, go_on
from jobs.queues import live_jobs
from jobs.settling import give_up
from jobs.workbench import Workbench
from tests.engine.vision.onnx_models import kept
from tests.jobs.pictures import astronaut, beside, hopper, png
from tests.jobs.referrals_world import ACTOR, fail, media_ids, waiting
from tests.jobs.test_detecting import report

REPORT = "report 7"


@pytest.fixture
def small(bench: Workbench) -> KnownEmbedder:
    """An imported model beside the shipped one."""
    kept(bench.paths.models)
    return embedders.named(bench.paths.models, "small")


@pytest.fixture
def people(bench: Workbench, records: Records, known: int) -> int:
    """A gallery with one face, and a referral with two; the number of faces."""
    assert known
    add_people(bench, records)
    return 3


def add_people(bench: Workbench, records: Records, turned: int = 0) -> None:
    picture = beside(astronaut(), hopper()).rotate(turned, expand=True)
    number = report(records, (f"{turned}.png", png(picture)))
    for media_id in media_ids(records, number):
        detect_media(bench, media_id)


def start(records: Records, model: KnownEmbedder, actor: Actor) -> int:
    with records.database.write() as session:
        register(session, embedders.record_of(model.space), actor=actor)
        return fills.start(session, model.space.id, actor=actor).id


def fill(bench: Workbench, model: KnownEmbedder, actor: Actor) -> FillState:
    fill_space(bench, start(bench.records, model, actor))
    return state(bench.records, model)


def state(records: Records, model: KnownEmbedder) -> FillState:
    with records.database.read() as session:
        return fills.state_of(session, model.space.id)


def put_to_work(records: Records, model: KnownEmbedder, actor: Actor, without: int = 0) -> None:
    with records.database.write() as session:
        embedders.put_to_work(session, model, Decision("better", REPORT, without), actor=actor)


def lose(records: Records, *addresses: Callable[[Face, Media], str]) -> int:
    """Take away files of the last face from the vault; the face."""
    with records.database.write() as session:
        face = session.scalars(select(Face).order_by(Face.id.desc())).first()
        assert face is not None
        media = session.get_one(Media, face.media_id)
        for address in addresses:
            for owner in records.vault.owners(session, address(face, media)):
                records.vault.release(session, address(face, media), owner)
        return face.id


def test_every_face_is_embedded_again_and_can_be_found_in_both_spaces(
    bench: Workbench, records: Records, supervisor: Actor, small: KnownEmbedder, people: int, known: int
) -> None:
    assert fill(bench, small, supervisor) == FillState(people, people, 0, paused=False, problem=None)
    with records.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Embedding)) == 2 * people
        for space in session.scalars(select(Space)):
            assert findable.count(session, Scope(known), space.id) == 1
        (event,) = session.scalars(select(LedgerEvent).where(LedgerEvent.action == "space.filled"))
        assert (event.target, event.details["faces"]) == (small.space.id, people)
    before = vectors(records)
    assert fill(bench, small, supervisor).complete
    assert vectors(records) == before


def vectors(records: Records) -> list[tuple[int, int, str, bytes]]:
    with records.database.read() as session:
        query = select(Embedding.id, Embedding.face_id, Embedding.space_id, Embedding.vector).order_by(Embedding.id)
        return [tuple(row) for row in session.execute(query)]


def test_a_vector_from_the_crop_is_nearly_that_from_the_picture(
    bench: Workbench, records: Records, supervisor: Actor, people: int
) -> None:
    """The crop of a face is what is left of it for a new model; checked with the model whose vectors are known."""
    shipped = embedders.named(bench.paths.models, "dlib-resnet-v1")
    with records.database.read() as session:
        faces = list(session.scalars(select(Face)))
        made, failed = filling._embedded(bench, bench.pipeline.embedder, faces)
        assert (len(made), failed) == (people, {})
        for face in faces:
            first = vectors_of(session, shipped.space.id, [face.id])[face.id]
            again = unpack([made[face.id]], shipped.space.dimension)[0]
            assert np.dot(first, again) / np.linalg.norm(first) / np.linalg.norm(again) > 0.99


def test_it_is_put_to_work_once_filled_and_put_back_once_the_faces_since_then_are_filled_too(
    bench: Workbench, records: Records, supervisor: Actor, small: KnownEmbedder, people: int
) -> None:
    with pytest.raises(Refused, match=rf"without a vector of small: {people}") as refused:
        put_to_work(records, small, supervisor)
    assert refused.value.hint.endswith("triage models fill small")
    fill(bench, small, supervisor)
    put_to_work(records, small, supervisor)
    shipped = embedders.named(bench.paths.models, "dlib-resnet-v1")
    del bench.pipeline, bench.space
    add_people(bench, records, turned=90)
    with pytest.raises(Refused, match="without a vector of dlib-resnet-v1: 2"):
        put_to_work(records, shipped, supervisor)
    assert fill(bench, shipped, supervisor).filled == people + 2
    put_to_work(records, shipped, supervisor)
    with records.database.read() as session:
        assert embedders.at_work(session, bench.paths.models).name == "dlib-resnet-v1"


def test_a_face_whose_crop_is_gone_is_embedded_from_its_file(
    bench: Workbench, records: Records, supervisor: Actor, small: KnownEmbedder, people: int
) -> None:
    lose(records, lambda face, _: face.crop)
    assert fill(bench, small, supervisor).filled == people


def test_a_face_without_any_picture_is_named_and_only_left_behind_knowingly(
    bench: Workbench, records: Records, supervisor: Actor, small: KnownEmbedder, people: int
) -> None:
    face_id = lose(records, lambda face, _: face.crop, lambda _, media: media.address)
    found = fill(bench, small, supervisor)
    assert (found.filled, found.unfilled, found.missing) == (people - 1, 1, 0)
    with records.database.read() as session:
        (one,) = fills.unfilled(session, small.space.id)
        assert (one.face_id, "vault does not hold" in one.reason) == (face_id, True)
    for without in (0, 2):
        with pytest.raises(Refused, match="cannot be embedded with small: 1"):
            put_to_work(records, small, supervisor, without)
    put_to_work(records, small, supervisor, without=1)


def test_a_paused_fill_does_nothing_until_it_is_started_again(
    bench: Workbench, records: Records, supervisor: Actor, small: KnownEmbedder, people: int
) -> None:
    with records.database.write() as session, pytest.raises(NotFound, match="not being filled"):
        fills.pause(session, small.space.id, actor=supervisor)
    number = start(records, small, supervisor)
    with records.database.write() as session:
        fills.pause(session, small.space.id, actor=supervisor)
    fill_space(bench, number)
    assert (state(records, small).filled, state(records, small).paused) == (0, True)
    assert fill(bench, small, supervisor).filled == people


def test_only_a_supervisor_fills(records: Records, small: KnownEmbedder) -> None:
    with pytest.raises(Refused, match="fill the space"):
        start(records, small, Actor("user:9", 9, UserRole.INVESTIGATOR))


def test_the_keeper_puts_in_one_job_and_none_once_all_is_done(
    bench, records, redis, settings, supervisor, small, people
) -> None:
    assert go_on(records, redis, settings, ACTOR) == 0
    number = start(records, small, supervisor)
    assert go_on(records, redis, settings, ACTOR) == 1
    assert go_on(records, redis, settings, ACTOR) == 0
    assert waiting(redis, Lane.VIDEO) == [f"fill-{public('fill', number)}-0"]
    fill_space(bench, number)
    redis.flushall()
    assert go_on(records, redis, settings, ACTOR) == 0
    add_people(bench, records, turned=180)
    assert go_on(records, redis, settings, ACTOR) == 1
    assert live_jobs(redis) == {f"fill-{public('fill', number)}-{people}"}


def test_a_fill_whose_job_failed_for_good_stops_and_says_why(
    records, redis, settings, supervisor, small, people
) -> None:
    assert people
    number = start(records, small, supervisor)
    go_on(records, redis, settings, ACTOR)
    (job,) = waiting(redis, Lane.VIDEO)
    fail(redis, job, Lane.VIDEO)
    assert go_on(records, redis, settings, ACTOR) == 0
    assert state(records, small).problem == "WeightsMissing: The package is not installed."
    start(records, small, supervisor)
    assert state(records, small).problem is None
    give_up(records, f"fill-{public('fill', number)}-0", "it ended", ACTOR)
    assert state(records, small).problem == "it ended"
    with records.database.read() as session:
        assert session.get_one(Fill, number).upto_face_id == 0
