"""A unit's own embedder is imported, measured, put to work and followed; what would ruin searches is refused."""

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from config.declaration import declare
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.deployment import Records
from engine.records.errors import Duplicate, NotFound, Refused, SpaceMismatch
from engine.records.faces.spaces import Decision
from engine.records.people import users
from engine.records.schema import Embedding
from engine.records.words import UserRole
from engine.search.errors import ModelRefused
from engine.search.self_test import SampleFace
from engine.vision.errors import WeightsMissing, WeightsUnusable
from engine.vision.pipeline import FacePipeline
from jobs import embedders, model_import
from jobs.detecting import detect_media
from jobs.errors import BadInput
from jobs.model_import import import_model
from jobs.tasks import tasks_of
from jobs.workbench import Workbench
from tests.engine.vision.onnx_models import declared, kept, projection
from tests.jobs.pictures import astronaut, beside, hopper, png
from tests.jobs.referrals_world import media_ids
from tests.jobs.test_detecting import report

MOBILEFACENET = Path(__file__).parents[3] / "shared" / "data" / "models" / "mobilefacenet_112.onnx"
FIELDS = {
    "name": "mobilefacenet",
    "input_size": 112,
    "colour": "RGB",
    "mean": [123.675, 116.28, 103.53],
    "scale": [1 / 58.395, 1 / 57.12, 1 / 57.375],
    "alignment": "arcface",
    "metric": "cosine",
    "licence": "see its author",
    "trained_on": "MS-Celeb-1M, according to its author",
    "validated_on": "LFW, according to its author",
}
DECISION = Decision("more accurate on our own", "report 7")


@pytest.fixture
def own(records, settings, paths) -> Workbench:
    """The tools of a command that has loaded nothing yet."""
    return Workbench(records, settings, paths, holder="command:test")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.onnx"
    path.write_bytes(projection())
    return path


@pytest.fixture(scope="module")
def mobilefacenet() -> Path:
    if not MOBILEFACENET.is_file():
        pytest.skip(f"{MOBILEFACENET} is not there")
    return MOBILEFACENET


@pytest.fixture(scope="module")
def _samples() -> Iterator[None]:
    """Finds the sample faces once for all tests of this file: that takes most of an import's time."""
    find, found = model_import._sample_faces, []

    def once(pipeline: FacePipeline) -> list[SampleFace]:
        if not found:
            found.extend(find(pipeline))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_import, "_sample_faces", once)
        yield


def known_names(bench: Workbench) -> list[str]:
    return [embedder.name for embedder in embedders.find_all(bench.paths.models)[0]]


@pytest.mark.slow
@pytest.mark.usefixtures("_samples")
def test_a_model_is_kept_privately_under_its_hash_and_put_to_work_by_decision(
    own: Workbench, records: Records, supervisor: Actor, mobilefacenet: Path
) -> None:
    model = import_model(own, mobilefacenet, declare(FIELDS), actor=supervisor)
    assert model.weights_sha256 == hashlib.sha256(mobilefacenet.read_bytes()).hexdigest()
    assert model.self_test.auc > 0.9999
    assert model.self_test.same_pairs >= 180
    for stored in own.paths.models.iterdir():
        assert stored.stem == hashlib.sha256(stored.read_bytes()).hexdigest()
        assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    chosen = embedders.named(own.paths.models, "mobilefacenet")
    with records.database.read() as session:
        assert embedders.at_work(session, own.paths.models).name == "dlib-resnet-v1"
        (event,) = [one for one in ledger.events(session) if one.action == "model.imported"]
        assert (event.actor, event.target) == (supervisor.name, chosen.space.id)
    with records.database.write() as session:
        embedders.put_to_work(session, chosen, DECISION, actor=supervisor)
    assert own.space == chosen.space
    number = report(records, ("one.png", png(beside(astronaut(), hopper()))))
    detect_media(own, media_ids(records, number)[0])
    with records.database.read() as session:
        assert set(session.scalars(select(Embedding.space_id))) == {chosen.space.id}
    # From now on another model would lose these faces.
    shipped = embedders.named(own.paths.models, "dlib-resnet-v1")
    with records.database.write() as session, pytest.raises(Refused, match="without a vector of dlib-resnet-v1: 2"):
        embedders.put_to_work(session, shipped, DECISION, actor=supervisor)


@pytest.mark.slow
@pytest.mark.usefixtures("_samples")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mean": 0, "scale": 1}, "cannot tell people apart"),
        ({"scale": 1}, "cannot tell people apart"),
        ({"mean": 0, "scale": 1 / 255}, "far better with pixels from -1 to 1"),
        ({"alignment": "dlib"}, "far better with the alignment arcface"),
    ],
    ids=["no normalisation", "no scale", "pixels from 0 to 1", "other alignment"],
)
def test_a_wrong_declaration_of_a_good_model_is_refused(
    own: Workbench, supervisor: Actor, mobilefacenet: Path, change: dict[str, object], reason: str
) -> None:
    with pytest.raises(ModelRefused, match=reason):
        import_model(own, mobilefacenet, declare(FIELDS | change), actor=supervisor)
    assert list(own.paths.models.iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("_samples")
def test_a_network_that_learned_nothing_is_refused(own: Workbench, supervisor: Actor, file: Path) -> None:
    with pytest.raises(ModelRefused, match="cannot tell people apart"):
        import_model(own, file, declared(), actor=supervisor)
    assert known_names(own) == ["dlib-resnet-v1"]


def test_what_is_no_model_is_refused_before_any_picture_is_looked_at(
    own: Workbench, supervisor: Actor, tmp_path: Path, file: Path
) -> None:
    with pytest.raises(BadInput, match="No such file"):
        import_model(own, tmp_path / "none.onnx", declared(), actor=supervisor)
    file.write_bytes(b"no model")
    with pytest.raises(WeightsUnusable, match="not an ONNX model"):
        import_model(own, file, declared(), actor=supervisor)


@pytest.mark.parametrize("name", ["dlib-resnet-v1", "retinaface-mobilenetv2"])
def test_a_name_that_is_taken_is_refused(own: Workbench, supervisor: Actor, file: Path, name: str) -> None:
    with pytest.raises(Duplicate, match=name):
        import_model(own, file, declared(name=name), actor=supervisor)


def test_only_a_supervisor_imports(own: Workbench, records: Records, file: Path) -> None:
    with records.database.write() as session:
        user = users.add_user(session, "bo", UserRole.INVESTIGATOR, None, actor=Actor.machine("setup"))
        investigator = Actor.user(user)
    with pytest.raises(Refused, match="import a model"):
        import_model(own, file, declared(), actor=investigator)


def test_the_same_import_again_mends_a_lost_file(own: Workbench, supervisor: Actor, file: Path) -> None:
    model = kept(own.paths.models)
    (own.paths.models / model.weights_file).unlink()
    assert import_model(own, file, declared(), actor=supervisor) == model
    assert (own.paths.models / model.weights_file).read_bytes() == file.read_bytes()


def test_a_model_whose_file_was_changed_is_named_not_replaced(own: Workbench, records: Records, supervisor) -> None:
    kept(own.paths.models)
    chosen = embedders.named(own.paths.models, "small")
    with records.database.write() as session:
        embedders.put_to_work(session, chosen, DECISION, actor=supervisor)
    (declaration,) = own.paths.models.glob("*.json")
    declaration.write_bytes(declaration.read_bytes().replace(b"cosine", b"euclidean"))
    with pytest.raises(WeightsMissing, match=r"small at work .* was changed.* was altered"):
        _ = own.pipeline
    with pytest.raises(NotFound, match="small"):
        embedders.named(own.paths.models, "small")


def test_a_running_worker_goes_on_with_the_model_put_to_work(bench, records: Records, supervisor: Actor) -> None:
    shipped = bench.space
    kept(bench.paths.models)
    chosen = embedders.named(bench.paths.models, "small")
    number = report(records, ("one.png", png(astronaut())))
    with records.database.write() as session:
        embedders.put_to_work(session, chosen, DECISION, actor=supervisor)
    (file_id,) = media_ids(records, number)
    with pytest.raises(SpaceMismatch, match="works with small"):
        detect_media(bench, file_id)
    tasks_of(bench)["detect"](file_id)
    assert bench.space == chosen.space != shipped
    with records.database.read() as session:
        (embedding,) = session.scalars(select(Embedding))
        assert (embedding.space_id, len(embedding.vector)) == (chosen.space.id, 4 * chosen.space.dimension)


def test_another_model_can_be_looked_with_but_nothing_it_finds_is_kept(own: Workbench, records: Records) -> None:
    kept(own.paths.models)
    trying = replace(own, model="small")
    assert own.space.model == "dlib-resnet-v1"
    assert trying.pipeline.embedder.name == "small"
    number = report(records, ("one.png", png(astronaut())))
    with pytest.raises(SpaceMismatch, match="works with dlib-resnet-v1"):
        detect_media(trying, media_ids(records, number)[0])
