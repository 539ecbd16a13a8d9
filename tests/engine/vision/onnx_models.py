"""Small ONNX embedders, written byte by byte: sound ones, and one for each way not to be one."""

import hashlib
from pathlib import Path

import numpy as np

from config.declaration import Declaration, declare
from engine.vision.imported import ImportedModel, SelfTest
from tests.engine.vision.wire import field, number_field

SIZE, DIMENSION = 32, 16
FLOAT, FLOAT16 = 1, 10

DECLARED = {
    "name": "small",
    "input_size": SIZE,
    "colour": "RGB",
    "mean": 127.5,
    "scale": 1 / 127.5,
    "alignment": "arcface",
    "metric": "cosine",
    "licence": "none needed",
    "trained_on": "nobody",
    "validated_on": "nobody",
}


def declared(**changes: object) -> Declaration:
    return declare(DECLARED | changes)


def node(operator: str, inputs: str, output: str, *attributes: bytes, domain: str = "") -> bytes:
    """A node; its inputs are names with blanks between them."""
    body = b"".join(field(1, name.encode()) for name in inputs.split()) + field(2, output.encode())
    body += field(4, operator.encode()) + b"".join(field(5, attribute) for attribute in attributes)
    return body + (field(7, domain.encode()) if domain else b"")


def integers(name: str, *values: int) -> bytes:
    return field(1, name.encode()) + b"".join(number_field(8, value) for value in values) + number_field(20, 7)


def holding(name: str, body: bytes) -> bytes:
    """An attribute that holds a tensor (5) or a graph (6), as `field` wrote it."""
    return field(1, name.encode()) + body


def tensor(name: str, values: np.ndarray, *, more: bytes = b"") -> bytes:
    dims = b"".join(number_field(1, side) for side in values.shape)
    raw = values.astype("<f4").tobytes()
    return dims + number_field(2, FLOAT) + field(8, name.encode()) + field(9, raw) + more


def graph(*nodes: bytes, tensors: tuple[bytes, ...] = (), taken: bytes = b"", given: bytes = b"") -> bytes:
    body = b"".join(field(1, one) for one in nodes) + field(2, b"graph")
    return body + b"".join(field(5, one) for one in tensors) + taken + given


def value(number: int, name: str, shape: tuple[int | str, ...], kind: int = FLOAT) -> bytes:
    """An input (11) or output (12) of a graph; a side that is a text is free."""
    sides = b"".join(
        field(1, number_field(1, side) if isinstance(side, int) else field(2, side.encode())) for side in shape
    )
    kinds = number_field(1, kind) + field(2, sides)
    return field(number, field(1, name.encode()) + field(2, field(1, kinds)))


def model(body: bytes, *more: bytes) -> bytes:
    """A model of opset 17 around a graph."""
    return number_field(1, 8) + field(8, number_field(2, 17)) + field(7, body) + b"".join(more)


def projection(*after: bytes, batch: int | str = "batch", result: str = "flat", more: bytes = b"") -> bytes:
    """Pictures times a random matrix: enough to tell pictures of noise apart. `after` are nodes behind it."""
    matrix = np.random.default_rng(3).normal(size=(3 * SIZE * SIZE, DIMENSION))
    return model(
        graph(
            node("Flatten", "pictures", "rows"),
            node("MatMul", "rows matrix", "flat"),
            *after,
            tensors=(tensor("matrix", matrix, more=more),),
            taken=value(11, "pictures", (batch, 3, SIZE, SIZE)),
            given=value(12, result, (batch, DIMENSION)),
        )
    )


def mean_colour() -> bytes:
    """The mean of each channel, repeated: it cannot tell pictures of noise apart."""
    return model(
        graph(
            node("GlobalAveragePool", "pictures", "means"),
            node("Flatten", "means", "flat"),
            taken=value(11, "pictures", ("batch", 3, SIZE, SIZE)),
            given=value(12, "flat", ("batch", 3)),
        )
    )


def the_same_for_all() -> bytes:
    return projection(node("Sub", "flat flat", "nothing"), node("Cos", "nothing", "ones"), result="ones")


def not_numbers() -> bytes:
    return projection(node("Sub", "flat flat", "nothing"), node("Div", "flat nothing", "bad"), result="bad")


def by_chance() -> bytes:
    return projection(node("RandomNormalLike", "flat", "noise"), node("Add", "flat noise", "noisy"), result="noisy")


def dependent_on_neighbours() -> bytes:
    """As a batch normalisation that was exported as in training."""
    mean = node("ReduceMean", "flat", "mean", integers("axes", 0))
    return projection(mean, node("Sub", "flat mean", "apart"), result="apart")


def kept(folder: Path, name: str = "small") -> ImportedModel:
    """The projection as a model of the folder, as if it had passed the self-test."""
    digest = hashlib.sha256(projection()).hexdigest()
    model = ImportedModel(declared(name=name), digest, DIMENSION, SelfTest(1.0, 9.5, 10, 100))
    keep(folder, model)
    return model


def keep(folder: Path, model: ImportedModel, data: bytes = b"") -> Path:
    """Write both files as an import does, and give the path of the declaration."""
    (folder / model.weights_file).write_bytes(data or projection())
    written = model.written()
    path = folder / f"{hashlib.sha256(written).hexdigest()}.json"
    path.write_bytes(written)
    return path
