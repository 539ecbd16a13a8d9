"""Filling with a real ONNX model and a worker killed in the middle of it; then a comparison and both switches."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from config.declaration import declare
from engine.records.actors import Actor
from engine.records.deployment import Records
from engine.records.faces.embeddings import add_embedding, vectors
from engine.records.faces.faces import add_face
from engine.records.packing import pack
from engine.records.schema import Embedding, Face, IndexRow, Media, Search
from engine.records.words import FaceOrigin
from engine.vision.onnx_embedder import OnnxEmbedder
from jobs import embedders
from jobs.filling import go_on
from jobs.model_compare import compare
from jobs.new_faces import new_faces
from jobs.tasks import tasks_of
from tests.engine.vision.onnx_models import keep, kept
from tests.jobs.jobs_world import wait_until
from tests.jobs.pictures import astronaut, png
from tests.jobs.referrals_world import ACTOR, media_ids
from tests.jobs.test_filling import put_to_work, start, state
from tests.jobs.test_matching import delivered
from tests.jobs.test_model_import import FIELDS, MOBILEFACENET

#: Enough that a worker is still at it when it is killed.
FACES = 320


@pytest.fixture
def video_worker() -> Iterator[list[subprocess.Popen[bytes]]]:
    """The real workers that a test has started, ended with it."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def worker(settings, log) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "TRIAGE_HOME": str(settings.home),
        "TRIAGE_WORKER__HEARTBEAT_SECONDS": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "jobs.worker", "video"]
    return subprocess.Popen(command, env=environment, stdout=log.open("wb"), stderr=subprocess.STDOUT)


def many_faces(bench, records: Records, pipeline) -> None:
    """The astronaut's face again and again, as faces of the file it was found in."""
    (found,) = pipeline.analyse(np.asarray(astronaut())).faces
    (new,) = new_faces([found])
    with records.database.write() as session:
        media = session.scalars(select(Media)).first()
        for number in range(FACES):
            face = add_face(
                session, records.vault, media, replace(new, box=[number, 0, number + 9, 9]), FaceOrigin.PERSON
            )
            add_embedding(session, face.id, bench.space.id, pack(found.vector))


def current_space(records: Records) -> str:
    """The space of the one current list there is."""
    with records.database.read() as session:
        (space_id,) = session.scalars(select(Search.space_id).where(Search.superseded_by_id.is_(None)))
        return space_id


@pytest.mark.slow
@pytest.mark.usefixtures("known", "permit")
def test_a_worker_killed_while_it_fills_loses_nothing_and_the_switch_can_be_made_and_undone(
    bench, pipeline, records, redis, settings, supervisor: Actor, video_worker, tmp_path
) -> None:
    if not MOBILEFACENET.is_file():
        pytest.skip(f"{MOBILEFACENET} is not there")
    data, folder = MOBILEFACENET.read_bytes(), bench.paths.models
    dimension = OnnxEmbedder.read(data, declare(FIELDS), threads=1).dimension
    own = replace(kept(folder), declaration=declare(FIELDS), dimension=dimension)
    own = replace(own, weights_sha256=OnnxEmbedder.read(data, declare(FIELDS), threads=1).identity.weights_sha256)
    keep(folder, own, data)
    model = embedders.named(folder, "mobilefacenet")
    (file_id,) = media_ids(records, referral := delivered(records, png(astronaut())))
    tasks_of(bench)["detect"](file_id)
    tasks_of(bench)["match"](referral)
    many_faces(bench, records, pipeline)

    start(records, model, supervisor)
    go_on(records, redis, settings, ACTOR)
    video_worker.append(worker(settings, tmp_path / "first.log"))
    wait_until(lambda: state(records, model).filled, seconds=90)
    video_worker[0].kill()
    video_worker[0].wait()
    before = state(records, model)
    assert 0 < before.filled < before.faces == FACES + 2
    video_worker.append(worker(settings, tmp_path / "second.log"))
    wait_until(lambda: state(records, model).complete, seconds=90)
    with records.database.read() as session:
        spaces = session.execute(select(Embedding.space_id, func.count()).group_by(Embedding.space_id)).all()
        assert {number for _, number in spaces} == {FACES + 2}
        rows = session.execute(select(IndexRow.space_id, func.count()).group_by(IndexRow.space_id)).all()
        assert len({number for _, number in rows}) == 1 == len(rows) - 1
        last = session.scalar(select(func.max(Face.id)))
        assert vectors(session, model.space.id, [last])[last].shape == (dimension,)
    assert (tmp_path / "second.log").read_text().count("Traceback") == 0

    compared = compare(bench, model, rarer_than=0.001, actor=supervisor, advance=lambda *_: None)
    assert (compared.counts["unmatched"], compared.not_compared.total()) == (1, 0)
    put_to_work(records, model, supervisor)
    tasks_of(bench)["search"](referral)
    assert bench.space == model.space
    assert current_space(records) == model.space.id
    put_to_work(records, embedders.named(folder, "dlib-resnet-v1"), supervisor)
    tasks_of(bench)["search"](referral)
    assert current_space(records) == bench.space.id != model.space.id
