"""The reader of dlib's network files: what it refuses, and that it never fails in another way."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.vision import dlib_format as saved
from engine.vision.errors import WeightsUnusable


def integer(value: int) -> bytes:
    length = max(1, (abs(value).bit_length() + 7) // 8)
    return bytes([length | (0x80 if value < 0 else 0)]) + abs(value).to_bytes(length, "little")


def integers(*values: int) -> bytes:
    return b"".join(map(integer, values))


def name(text: str) -> bytes:
    return integer(len(text)) + text.encode()


def real(value: float) -> bytes:
    fraction, exponent = math.frexp(value)
    return integers(int(fraction * 2**24), exponent - 24)


def tensor(values: np.ndarray) -> bytes:
    shape = (*values.shape, 1, 1, 1, 1)[:4] if values.size else (0, 0, 0, 0)
    return integers(2, *shape) + values.astype("<f4").tobytes()


STATE = b"000" + tensor(np.empty(0)) * 3
FILTERS = np.arange(2 * 3 * 1 * 1, dtype=np.float32).reshape(2, 3, 1, 1)
BIAS = np.array([0.5, -2.0], np.float32)
WEIGHTS = np.arange(8, dtype=np.float32).reshape(2, 4)


def small_network(**changed: bytes) -> bytes:
    """A network of a convolution, an affine layer, a kept value, a pooling and a linear layer, part by part."""
    parts = {
        "loss": integer(1) + name("loss_metric_2") + real(0.04) + real(0.6),
        "versions": integers(2, 2, 1, 2, 3),
        "input": name("input_rgb_image_sized") + real(122.75) + real(117.0) + real(104.5) + integers(8, 8),
        "convolution": name("con_4") + tensor(np.concatenate([FILTERS.ravel(), BIAS])) + integers(2, 1, 1, 1, 1, 0, 0),
        "aliases": integers(1, 2, 3, 1, 1) + integers(1, 1, 2, 1, 1) + real(1.0) * 4,
        "state": STATE + integer(1),
        "affine": name("affine_") + tensor(np.array([1, 2, 3, 4])) + integers(1, 1, 2, 1, 1) * 2 + integer(0) + STATE,
        "pool": name("avg_pool_2") + integers(0, 0, 1, 1, 0, 0) + STATE,
        "linear": name("fc_2") + integers(4, 2) + tensor(WEIGHTS) + integers(1, 2, 4, 1, 1) + integers(1, 0, 0, 0, 0),
        "ending": integer(1) + real(1.0) * 4 + STATE,
    }
    return b"".join((parts | changed).values())


def test_a_network_is_read_as_it_was_written() -> None:
    network = saved.read_network(small_network())
    assert network.input == saved.Input((122.75, 117.0, 104.5), 8, 8)
    convolution, affine, mark, pool, linear = network.layers
    assert isinstance(convolution, saved.Convolution)
    np.testing.assert_array_equal(convolution.filters, FILTERS)
    np.testing.assert_array_equal(convolution.bias, BIAS)
    assert (convolution.stride, convolution.padding) == ((1, 1), (0, 0))
    assert isinstance(affine, saved.Affine)
    assert (affine.scale.tolist(), affine.shift.tolist()) == ([1, 2], [3, 4])
    assert mark == saved.Mark()
    assert pool == saved.Pool("avg", (0, 0), (1, 1), (0, 0))
    assert isinstance(linear, saved.FullyConnected)
    np.testing.assert_array_equal(linear.weights, WEIGHTS)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"loss": integer(1) + name("loss_mean_squared_")}, "not a loss_metric network"),
        ({"versions": integers(2, 7, 3)}, "layer version 7"),
        ({"versions": integer(2) * 5000}, "more than 4096 layers"),
        ({"input": name("input<matrix>")}, "not a sized RGB picture"),
        ({"pool": name("htan_") + STATE}, "'htan_' are not supported"),
        ({"convolution": name("con_4") + integers(2, 1 << 19, 1 << 19, 1, 1)}, "inside a value"),
        ({"convolution": name("con_4") + integers(2, -1, 1, 1, 1)}, "size of -1"),
        ({"convolution": name("con_4") + tensor(np.array([math.nan]))}, "not finite"),
        ({"aliases": integers(1, 2, 3, 2, 2) + integers(1, 1, 2, 1, 1) + real(1.0) * 4}, "differ from its shape"),
        ({"state": b"002"}, "is no flag"),
        ({"state": b"000" + tensor(np.ones(3)) * 3}, "gradients"),
        ({"ending": integer(0)}, "has a bias"),
        ({"loss": b"\x7f"}, "begins no integer"),
        ({"loss": integer(1) + integer(1 << 40)}, "name of 1099511627776 characters"),
    ],
)
def test_what_leaves_the_grammar_is_refused_by_its_reason(changed: dict[str, bytes], reason: str) -> None:
    with pytest.raises(WeightsUnusable, match=reason):
        saved.read_network(small_network(**changed))


def test_bytes_after_the_network_are_refused() -> None:
    with pytest.raises(WeightsUnusable, match="3 bytes follow the network"):
        saved.read_network(small_network() + b"abc")


def test_every_truncation_is_refused() -> None:
    whole = small_network()
    for length in range(len(whole)):
        with pytest.raises(WeightsUnusable):
            saved.read_network(whole[:length])


@settings(max_examples=500)
@given(st.data())
def test_damaged_files_are_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    damaged = bytearray(small_network())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        saved.read_network(bytes(damaged))
    except WeightsUnusable as error:
        assert str(error)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    with pytest.raises(WeightsUnusable):
        saved.read_network(integer(1) + name("loss_metric_2") + data)


@given(st.integers(-(2**63), 2**63), st.integers(-2000, 32002))
def test_numbers_out_of_bounds_are_refused(mantissa: int, exponent: int) -> None:
    loss = integer(1) + name("loss_metric_2") + integers(mantissa, exponent) + real(0.6)
    if abs(exponent) <= 900 and abs(mantissa) < 2**64:
        saved.read_network(small_network(loss=loss))
    else:
        with pytest.raises(WeightsUnusable):
            saved.read_network(small_network(loss=loss))


def test_tensors_are_little_endian_whatever_the_machine() -> None:
    raw = struct.pack("<2f", 1.5, -3.0)
    assert raw in small_network(affine=name("affine_") + integers(2, 1, 2, 1, 1) + raw)
