"""An embedder that a unit brings: an ONNX file, run as its declaration says."""

import hashlib
from typing import Any, Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from config.declaration import Declaration
from engine.vision import align
from engine.vision.errors import WeightsUnusable
from engine.vision.identity import Description, describe_imported
from engine.vision.onnx_file import require_plain
from engine.vision.templates import template_for
from engine.vision.types import Pixels

BATCH = 16
"""Chips per run of a network whose batch is free."""

_LONGEST_VECTOR = 8192
_SILENT = 4


class OnnxEmbedder:
    """Chips of size x size pixels to vectors, in float32 on the processor; the same chips give the same vectors."""

    def __init__(self, description: Description, declaration: Declaration, session: Any) -> None:
        """session: an onnxruntime session that `_checked` has passed."""
        self.name = description.name
        self.dimension = description.dimension
        self.metric = description.metric
        self.identity = description.identity
        self._template = template_for(declaration.alignment, declaration.input_size)
        self._session = session
        self._input = session.get_inputs()[0].name
        batch = session.get_inputs()[0].shape[0]
        self._fixed_batch = batch if isinstance(batch, int) else None
        self._reverse = declaration.colour == "BGR"
        self._mean = np.array(declaration.mean, np.float32)
        self._scale = np.array(declaration.scale, np.float32)

    @classmethod
    def read(cls, data: bytes, declaration: Declaration, *, threads: int = 1) -> Self:
        """Open the bytes of an ONNX file; its session computes with this many threads.

        Raises WeightsUnusable where the file is not plain (`onnx_file`), cannot be run, or does not take one picture
        and give one vector as declared.
        """
        require_plain(data)
        session = _open(data, threads)
        dimension = _dimension(session, declaration.input_size)
        sha256 = hashlib.sha256(data).hexdigest()
        embedder = cls(describe_imported(declaration, sha256, dimension), declaration, session)
        embedder.embed(np.zeros((1, declaration.input_size, declaration.input_size, 3), np.uint8))
        return embedder

    def align(self, pixels: Pixels, landmarks: NDArray[np.float32]) -> Pixels:
        """Cut the chip of a face as the declared template says; raises UnusableLandmarks."""
        return align.to_template(pixels, landmarks, self._template)

    def embed(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """uint8 [N, size, size, 3] RGB to float32 [N, dimension]; N may be 0.

        Raises ValueError for another shape or type, and WeightsUnusable where the network fails or gives another shape.
        """
        size = self._template.size
        if chips.ndim != 4 or chips.shape[1:] != (size, size, 3) or chips.dtype != np.uint8:
            raise ValueError(f"chips are uint8 [N, {size}, {size}, 3], not {chips.dtype} {list(chips.shape)}")
        vectors = np.empty((len(chips), self.dimension), dtype=np.float32)
        step = self._fixed_batch or BATCH
        for start in range(0, len(chips), step):
            part = chips[start : start + step]
            vectors[start : start + step] = self._run(self._prepared(part))[: len(part)]
        return vectors

    def _prepared(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What the network takes: float32 [N or the fixed batch, 3, size, size]."""
        ordered = chips[..., ::-1] if self._reverse else chips
        planes = ((ordered - self._mean) * self._scale).transpose(0, 3, 1, 2)
        missing = (self._fixed_batch or 0) - len(chips)
        if missing > 0:
            planes = np.concatenate([planes, np.zeros((missing, *planes.shape[1:]), np.float32)])
        return np.ascontiguousarray(planes)

    def _run(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            (vectors,) = self._session.run(None, {self._input: planes})
        except Exception as error:
            # The runtime has an error type of its own for each of its failures, without a common root.
            raise WeightsUnusable(f"{self.name} cannot be run: {_first_line(error)}") from error
        if vectors.shape != (len(planes), self.dimension) or vectors.dtype != np.float32:
            raise WeightsUnusable(f"{self.name} gave {vectors.dtype} {list(vectors.shape)} for {len(planes)} faces")
        return np.asarray(vectors)


def _open(data: bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = _SILENT
    # Threads that wait must not burn what other workers could use.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # As in `_run`.
        raise WeightsUnusable(
            f"the runtime cannot open the model: {_first_line(error)}",
            hint="Try an export with a lower ONNX opset, in float32.",
        ) from error


def _dimension(session: Any, size: int) -> int:
    """Numbers in a vector, of a network that takes pictures of this size; raises WeightsUnusable for another kind."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise WeightsUnusable(
            f"the model has {len(inputs)} inputs and {len(outputs)} outputs; an embedder has one of each"
        )
    taken, given = inputs[0], outputs[0]
    wanted = ("batch", 3, size, size)
    if taken.type != "tensor(float)" or not _agrees(taken.shape, wanted):
        raise WeightsUnusable(
            f"the model takes {taken.type} {taken.shape}; declared are float pictures [N, 3, {size}, {size}]",
            hint="Correct the input size; a model that takes its channels last must be exported with them first.",
        )
    if given.type != "tensor(float)" or len(given.shape) != 2 or not isinstance(given.shape[1], int):
        raise WeightsUnusable(f"the model gives {given.type} {given.shape}; an embedder gives float [N, dimension]")
    dimension = int(given.shape[1])
    if not 2 <= dimension <= _LONGEST_VECTOR:
        raise WeightsUnusable(f"the model gives vectors of {dimension} numbers; from 2 to {_LONGEST_VECTOR} are taken")
    return dimension


def _agrees(shape: list[Any], wanted: tuple[Any, ...]) -> bool:
    """Whether each side is the wanted one or free; the batch, the first, may be any that is not empty."""
    if len(shape) != len(wanted) or (isinstance(shape[0], int) and shape[0] < 1):
        return False
    return all(not isinstance(has, int) or has == side for has, side in zip(shape[1:], wanted[1:], strict=True))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
