"""What an embedder is, without its network: enough to name its space and to show it in a list."""

from dataclasses import dataclass
from typing import Protocol

from config.declaration import Declaration
from config.models import Metric, ModelEntry
from engine.vision.templates import DLIB_CHIP, template_for


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Everything that shapes a vector: two vectors compare only where all four are equal.

    weights_sha256: lower-case hex. alignment, preprocessing, precision: names that change whenever the numbers do.
    """

    weights_sha256: str
    alignment: str
    preprocessing: str
    precision: str


class Described(Protocol):
    """Anything that says which vectors it makes: an embedder, or its description."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""

    @property
    def metric(self) -> Metric:
        """How its vectors compare."""

    @property
    def identity(self) -> EmbedderIdentity:
        """What its vectors may be compared with."""


@dataclass(frozen=True, slots=True)
class Description:
    """An embedder's name, dimension, metric and identity."""

    name: str
    dimension: int
    metric: Metric
    identity: EmbedderIdentity


def describe_shipped(entry: ModelEntry) -> Description:
    """The manifest's embedder, dlib's network."""
    identity = EmbedderIdentity(
        weights_sha256=entry.sha256,
        alignment=DLIB_CHIP.name,
        preprocessing="dlib-rgb-mean-256",
        precision="float32",
    )
    if entry.dimension is None or entry.metric is None:
        raise ValueError(f"{entry.name} is no embedder")
    return Description(entry.name, entry.dimension, entry.metric, identity)


def describe_imported(declaration: Declaration, weights_sha256: str, dimension: int) -> Description:
    """A model that the unit brought; weights_sha256 is its file's, dimension what it gives."""
    identity = EmbedderIdentity(
        weights_sha256=weights_sha256,
        alignment=template_for(declaration.alignment, declaration.input_size).name,
        preprocessing=declaration.preprocessing,
        precision="float32",
    )
    return Description(declaration.name, dimension, declaration.metric, identity)
