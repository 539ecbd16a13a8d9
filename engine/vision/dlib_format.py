"""Reads a network that dlib saved: numbers in a fixed grammar, nothing in the file is ever executed.

The grammar is that of dlib's serialize.h and dnn/layers.h; all of it is little-endian. Every length is checked against
what is left of the file, and every byte must be consumed.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.errors import WeightsUnusable

Floats = NDArray[np.float32]

LONGEST_NAME = 64
LARGEST_SIDE = 1 << 20
LARGEST_EXPONENT = 900
MOST_LAYERS = 4096


@dataclass(frozen=True, slots=True)
class Input:
    """The picture a network takes: means of red, green and blue to subtract, height and width in pixels."""

    means: tuple[float, float, float]
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Convolution:
    """filters: float32 [out, in, rows, columns]; bias: float32 [out]; stride and padding: rows, columns."""

    filters: Floats
    bias: Floats
    stride: tuple[int, int]
    padding: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Affine:
    """A scale and a shift for each channel, float32 [channels]."""

    scale: Floats
    shift: Floats


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooling; a window of (0, 0) is the whole picture. window, stride and padding: rows, columns."""

    kind: str
    window: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Relu:
    """Negative values become zero."""


@dataclass(frozen=True, slots=True)
class AddPrevious:
    """Adds the value that was kept by an earlier Mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place where a value is kept (dlib's tag) or taken up again (dlib's skip); the file does not say which."""


@dataclass(frozen=True, slots=True)
class FullyConnected:
    """weights: float32 [inputs, outputs]; no bias."""

    weights: Floats


Layer = Convolution | Affine | Pool | Relu | AddPrevious | Mark | FullyConnected


@dataclass(frozen=True, slots=True)
class Network:
    """A network for metric learning as it lies in the file: its input and its layers in the order they run."""

    input: Input
    layers: tuple[Layer, ...]


def read_network(data: bytes) -> Network:
    """Read a whole network that was trained with dlib's loss_metric.

    Raises WeightsUnusable where the bytes leave the grammar, end too early or go on after the network.
    """
    reader = _Reader(data)
    _expect(reader.integer() == 1 and reader.name() == "loss_metric_2", "it is not a loss_metric network")
    reader.reals(2)  # the margin and the distance threshold of the training
    versions = _layer_versions(reader)
    picture = _input(reader)
    layers: list[Layer] = []
    for version in versions:
        if version == 1:
            layers.append(Mark())
            continue
        layers.append(_layer(reader))
        _training_state(reader, innermost=version == 3)
    reader.end()
    return Network(picture, tuple(layers))


def _layer_versions(reader: "_Reader") -> list[int]:
    """The versions of all layers in the order they run: 1 for a tag or skip, 2 for a layer, 3 for the first of all.

    Each layer holds the one before it, so that the file begins with all versions, last layer first.
    """
    versions: list[int] = []
    while len(versions) < MOST_LAYERS:
        version = reader.integer()
        _expect(version in (1, 2, 3), f"layer version {version} is unknown")
        versions.append(version)
        if version == 3:
            return versions[::-1]
    raise _unusable(f"it has more than {MOST_LAYERS} layers")


def _input(reader: "_Reader") -> Input:
    _expect(reader.name() == "input_rgb_image_sized", "its input is not a sized RGB picture")
    return Input((reader.real(), reader.real(), reader.real()), reader.size(), reader.size())


def _layer(reader: "_Reader") -> Layer:
    """One layer's kind, shape and parameters."""
    name = reader.name()
    kind, _, version = name.rpartition("_")
    match kind, version:
        case "con", "4" | "5" | "6":
            return _convolution(reader, int(version))
        case "affine", "" | "2":
            return _affine(reader, disableable=version == "2")
        case "relu", "" | "2":
            _expect(version == "" or not reader.flag(), "a relu layer is disabled")
            return Relu()
        case (("max_pool" | "avg_pool"), "2"):
            return Pool(kind.removesuffix("_pool"), reader.pair(), reader.pair(), reader.pair())
        case "add_prev", "":
            return AddPrevious()
        case "fc", "2" | "3":
            return _fully_connected(reader, flagged=version == "3")
    raise _unusable(f"layers of kind {name!r} are not supported")


def _convolution(reader: "_Reader", version: int) -> Convolution:
    parameters = reader.tensor().ravel()
    count, window, stride, padding = reader.size(), reader.pair(), reader.pair(), reader.pair()
    filters, bias = reader.alias(), reader.alias()
    reader.reals(4)  # learning rates and weight decays
    _expect(version < 5 or reader.flag(), "a convolution has no bias")
    _expect(version < 6 or not reader.flag(), "a convolution carries its own relu")
    _expect(filters[0] == count > 0 and filters[2:] == window, "a convolution's filters differ from its shape")
    _expect(math.prod(bias) == count, "a convolution's biases differ from its filters")
    _expect(parameters.size == math.prod(filters) + count, "a convolution's parameters differ from its shape")
    return Convolution(parameters[:-count].reshape(filters), parameters[-count:], stride, padding)


def _affine(reader: "_Reader", *, disableable: bool) -> Affine:
    parameters = reader.tensor().ravel()
    scale, shift = reader.alias(), reader.alias()
    _expect(reader.integer() == 0, "an affine layer does not work on the channels of a convolution")
    _expect(not disableable or not reader.flag(), "an affine layer is disabled")
    channels = math.prod(scale)
    _expect(math.prod(shift) == channels and parameters.size == 2 * channels, "an affine layer's sizes differ")
    return Affine(parameters[:channels], parameters[channels:])


def _fully_connected(reader: "_Reader", *, flagged: bool) -> FullyConnected:
    outputs, inputs = reader.size(), reader.size()
    parameters = reader.tensor().ravel()
    weights = reader.alias()
    reader.alias()  # of the bias, which is not there
    _expect(reader.integer() == 1, "the last layer has a bias")
    reader.reals(4)  # learning rates and weight decays
    if flagged:
        reader.flag()  # whether the bias is used: there is none
    _expect(
        parameters.size == math.prod(weights) == inputs * outputs, "the last layer's parameters differ from its shape"
    )
    return FullyConnected(parameters.reshape(inputs, outputs))


def _training_state(reader: "_Reader", *, innermost: bool) -> None:
    """What training left behind each layer: three flags and three empty tensors."""
    for _ in range(3):
        reader.flag()
    for _ in range(3):
        _expect(reader.tensor().size == 0, "it still carries gradients of its training")
    if innermost:
        reader.size()  # how many samples one input makes


def _unusable(reason: str) -> WeightsUnusable:
    return WeightsUnusable(f"the file is not a dlib network that Triage can run: {reason}")


def _expect(holds: bool, reason: str) -> None:
    if not holds:
        raise _unusable(reason)


class _Reader:
    """Takes dlib's basic values from the front of the bytes, never past their end."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._position = 0

    def _take(self, count: int) -> memoryview:
        end = self._position + count
        _expect(end <= len(self._data), f"it ends at byte {len(self._data)}, inside a value")
        taken = self._data[self._position : end]
        self._position = end
        return taken

    def integer(self) -> int:
        """A header byte (sign in bit 7, length in bits 0 to 3) and that many bytes of magnitude."""
        header = self._take(1)[0]
        length = header & 0x0F
        _expect(header & 0x70 == 0 and 1 <= length <= 8, f"byte {self._position - 1} begins no integer")
        magnitude = int.from_bytes(self._take(length), "little")
        return -magnitude if header & 0x80 else magnitude

    def size(self) -> int:
        """An integer that is a count or a side."""
        value = self.integer()
        _expect(0 <= value <= LARGEST_SIDE, f"a size of {value} is out of bounds")
        return value

    def pair(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.size(), self.size()

    def flag(self) -> bool:
        """One ASCII digit, 0 or 1."""
        digit = bytes(self._take(1))
        _expect(digit in (b"0", b"1"), f"byte {self._position - 1} is no flag")
        return digit == b"1"

    def name(self) -> str:
        """A length and that many ASCII characters."""
        length = self.integer()
        _expect(0 <= length <= LONGEST_NAME, f"a name of {length} characters is out of bounds")
        return bytes(self._take(length)).decode("ascii", errors="replace")

    def real(self) -> float:
        """A mantissa and an exponent of two; the file's codes for infinity and NaN have exponents over 31999."""
        mantissa, exponent = self.integer(), self.integer()
        _expect(abs(exponent) <= LARGEST_EXPONENT, "a number is out of bounds")
        return math.ldexp(mantissa, exponent)

    def reals(self, count: int) -> None:
        """Pass over this many real numbers."""
        for _ in range(count):
            self.real()

    def shape(self) -> tuple[int, int, int, int]:
        """Samples, channels, rows and columns."""
        return self.size(), self.size(), self.size(), self.size()

    def alias(self) -> tuple[int, int, int, int]:
        """The shape of a part of a tensor."""
        _expect(self.integer() == 1, "the version of an alias is unknown")
        return self.shape()

    def tensor(self) -> Floats:
        """A shape and its values, float32 [samples, channels, rows, columns], as a view of the file's bytes."""
        _expect(self.integer() == 2, "the version of a tensor is unknown")
        shape = self.shape()
        values = np.frombuffer(self._take(4 * math.prod(shape)), dtype="<f4").reshape(shape)
        _expect(bool(np.isfinite(values).all()), "a tensor holds values that are not finite")
        return values

    def end(self) -> None:
        """Refuse bytes after the network."""
        left = len(self._data) - self._position
        _expect(left == 0, f"{left} bytes follow the network")
