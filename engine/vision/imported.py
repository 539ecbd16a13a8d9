"""The models that the unit has imported: a folder in which every file is named after the SHA-256 of its content.

`<sha256>.onnx` is a model, `<sha256>.json` what was declared of one and how it did in its self-test. A file whose
content is another than its name says is never used.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.declaration import Declaration, declare
from config.errors import DeclarationError
from engine.vision.errors import WeightsAltered, WeightsError, WeightsMissing
from engine.vision.identity import Description, describe_imported

if TYPE_CHECKING:
    # It brings the runtime with it; a list of models needs none.
    from engine.vision.onnx_embedder import OnnxEmbedder

_AGAIN = "Import the same model again: triage models import --help"


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How a model told the sample faces apart.

    auc: the chance that a pair of one person scores above a pair of two. decidability: how far apart the mean scores
    of both kinds of pairs lie, in standard deviations. stranger_mean, stranger_deviation: of the scores of pairs of
    two people; None of a model that was imported before they were kept.
    """

    auc: float
    decidability: float
    same_pairs: int
    different_pairs: int
    stranger_mean: float | None = None
    stranger_deviation: float | None = None


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """A model of the folder; weights_sha256 names its file, dimension is what it gives."""

    declaration: Declaration
    weights_sha256: str
    dimension: int
    self_test: SelfTest

    @property
    def description(self) -> Description:
        """What it is, without its network."""
        return describe_imported(self.declaration, self.weights_sha256, self.dimension)

    @property
    def weights_file(self) -> str:
        """The name of the model's file in the folder."""
        return f"{self.weights_sha256}.onnx"

    def written(self) -> bytes:
        """The file that says all this."""
        document = {
            "declaration": self.declaration.model_dump(),
            "weights_sha256": self.weights_sha256,
            "dimension": self.dimension,
            "self_test": asdict(self.self_test),
        }
        return json.dumps(document, indent=2, sort_keys=True).encode()


def find_all(folder: Path) -> tuple[list[ImportedModel], list[WeightsError]]:
    """The folder's models by name, and what is wrong with those that cannot be used any more."""
    models, problems = [], []
    for file in sorted(folder.glob("*.json")):
        try:
            models.append(_read(file))
        except WeightsError as error:
            problems.append(error)
    return sorted(models, key=lambda model: model.declaration.name), problems


def weights_of(folder: Path, model: ImportedModel) -> bytes:
    """The model's file, checked; raises WeightsMissing and WeightsAltered."""
    file = folder / model.weights_file
    return _checked(file, f"the model {model.declaration.name}")


def load(folder: Path, model: ImportedModel, *, threads: int = 1) -> "OnnxEmbedder":
    """The embedder of a model; raises WeightsMissing, WeightsAltered and WeightsUnusable."""
    from engine.vision.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder.read(weights_of(folder, model), model.declaration, threads=threads)


def _read(file: Path) -> ImportedModel:
    data = _checked(file, "what was declared of a model")
    try:
        document = json.loads(data)
        return ImportedModel(
            declare(document["declaration"]),
            document["weights_sha256"],
            document["dimension"],
            SelfTest(**document["self_test"]),
        )
    except (ValueError, KeyError, TypeError, DeclarationError) as error:
        raise WeightsAltered(f"{file} is no declaration of this version of Triage", hint=_AGAIN) from error


def _checked(file: Path, what: str) -> bytes:
    """The content of a file whose name is its hash."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise WeightsMissing(f"{what}: {file} cannot be read: {error.strerror}", hint=_AGAIN) from error
    if hashlib.sha256(data).hexdigest() != file.stem:
        raise WeightsAltered(f"{what}: {file} was altered: its content is not the one it is named after", hint=_AGAIN)
    return data
