"""`triage models import`: a model of the unit's own is checked, tested on sample faces and kept in the home."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from config.declaration import Declaration
from config.models import load_manifest
from engine.records.actors import Actor
from engine.records.custody import ledger
from engine.records.custody.files import draft, settle, sync_folder
from engine.records.errors import Duplicate
from engine.records.words import UserRole
from engine.search.self_test import SampleFace, require_right_choice, self_test
from engine.search.space import space_of
from engine.vision.imported import ImportedModel
from jobs import embedders
from jobs.errors import BadInput
from jobs.sample_pictures import astronaut, hopper, recompressed, strangers
from jobs.workbench import Workbench

if TYPE_CHECKING:
    from engine.vision.pipeline import FacePipeline

#: What is often meant where something else was declared; a model that does far better so was declared wrongly.
_OTHERS: dict[str, dict[str, object]] = {
    "the alignment arcface": {"alignment": "arcface"},
    "the alignment dlib": {"alignment": "dlib"},
    "pixels from -1 to 1 (mean 127.5, scale 0.0078431)": {"mean": (127.5,) * 3, "scale": (1 / 127.5,) * 3},
    "ImageNet's mean and deviation (mean 123.675,116.28,103.53, scale 0.017125,0.017507,0.017429, as RGB)": {
        "colour": "RGB",
        "mean": (123.675, 116.28, 103.53),
        "scale": (1 / 58.395, 1 / 57.12, 1 / 57.375),
    },
}
#: Strangers in the self-test; more of them change its result less than they cost.
_STRANGERS = 60


def import_model(bench: Workbench, file: Path, declaration: Declaration, *, actor: Actor) -> ImportedModel:
    """Check, test and keep a model; it is not put to work by that. The same import again mends a file that was lost.

    Raises Refused where no supervisor (or the set-up of a home without users) acts, BadInput for a file that cannot be
    read, Duplicate for a name that is taken, WeightsUnusable for a file that is no plain embedder, ModelRefused where
    the self-test fails, SamplesMissing where the pictures for it are not installed.
    """
    if actor.user_id is not None:
        actor.require_role(UserRole.SUPERVISOR, doing="import a model")
    data = _content(file)
    model = _same(bench, declaration, data) or _tested(bench, declaration, data)
    _keep(bench.paths.models, model, data)
    with bench.records.database.write() as session:
        ledger.record(
            session,
            actor=actor,
            action="model.imported",
            target=space_of(model.description).id,
            weights_sha256=model.weights_sha256,
            declaration_sha256=hashlib.sha256(model.written()).hexdigest(),
        )
    return model


def _same(bench: Workbench, declaration: Declaration, data: bytes) -> ImportedModel | None:
    """The model of this name where it is this very one; raises Duplicate where the name is another's."""
    known, _ = embedders.find_all(bench.paths.models)
    digest = hashlib.sha256(data).hexdigest()
    for model in (embedder.source for embedder in known):
        if isinstance(model, ImportedModel) and (model.declaration, model.weights_sha256) == (declaration, digest):
            return model
    if declaration.name in {load_manifest().detector.name, *(embedder.name for embedder in known)}:
        raise Duplicate(
            f"There is a model {declaration.name} already.", "Choose another name: --name; see: triage models list"
        )
    return None


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.", "Give the path of an ONNX file.") from error


def _tested(bench: Workbench, declaration: Declaration, data: bytes) -> ImportedModel:
    from engine.vision.onnx_embedder import OnnxEmbedder  # Heavy, as everything of vision is.
    from engine.vision.pipeline import FacePipeline

    detection = bench.settings.detection
    embedder = OnnxEmbedder.read(data, declaration, threads=detection.threads)
    pipeline = FacePipeline.load(
        load_manifest(),
        threshold=detection.threshold,
        max_side=detection.max_side,
        threads=detection.threads,
        embedder=embedder,
    )
    faces = _sample_faces(pipeline)
    result = self_test(embedder, faces)
    for other, change in _OTHERS.items():
        changed = declaration.model_copy(update=change)
        if changed != declaration:
            instead = OnnxEmbedder.read(data, changed, threads=detection.threads)
            require_right_choice(result, instead, faces, instead=other)
    return ImportedModel(declaration, embedder.identity.weights_sha256, embedder.dimension, result)


def _sample_faces(pipeline: "FacePipeline") -> list[SampleFace]:
    """The sample people's faces, each as it is, mirrored, and as a bad copy; where no face is found, it is left out."""
    found = []
    for person, picture in enumerate([astronaut(), hopper(), *strangers()[:_STRANGERS]]):
        for take in (picture, ImageOps.mirror(picture), _bad_copy(picture)):
            pixels = np.asarray(take)
            found += [SampleFace(person, pixels, face.landmarks) for face in pipeline.detect(pixels).faces[:1]]
    return found


def _bad_copy(picture: Image.Image) -> Image.Image:
    """The picture mirrored, slightly turned, darker and compressed."""
    turned = ImageOps.mirror(picture).rotate(12, resample=Image.Resampling.BICUBIC)
    return recompressed(ImageEnhance.Brightness(turned).enhance(0.6), quality=30)


def _keep(folder: Path, model: ImportedModel, data: bytes) -> None:
    """Write both files, the declaration last: it makes the model known."""
    _write(folder / model.weights_file, data)
    written = model.written()
    _write(folder / f"{hashlib.sha256(written).hexdigest()}.json", written)
    sync_folder(folder)


def _write(path: Path, data: bytes) -> None:
    with draft(path.parent) as (unfinished, file):
        file.write(data)
        settle(file)
        unfinished.replace(path)
