"""Frozen graphs are read field by field, and bytes that are none are refused."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.errors import WeightsUnusable
from engine.vision.graphdef import Graph, float_attribute
from tests.engine.vision.wire import field, varint


def node(name: str, op: str, inputs: tuple[str, ...] = (), attributes: dict[str, bytes] | None = None) -> bytes:
    body = field(1, name.encode()) + field(2, op.encode())
    body += b"".join(field(3, source.encode()) for source in inputs)
    for key, value in (attributes or {}).items():
        body += field(5, field(1, key.encode()) + field(2, value))
    return field(1, body)


def constant(values: bytes, *shape: int, kind: int = 1) -> dict[str, bytes]:
    dimensions = b"".join(field(2, varint(1 << 3) + varint(size)) for size in shape)
    return {"value": field(8, varint(1 << 3) + varint(kind) + field(2, dimensions) + values)}


def test_a_constant_is_read_through_identities() -> None:
    content = field(4, np.arange(6, dtype="<f4").tobytes())
    graph = Graph.parse(
        node("weights", "Const", attributes=constant(content, 2, 3))
        + node("read", "Identity", ("weights",))
        + node("again", "Identity", ("read:0",))
    )
    np.testing.assert_array_equal(graph.constant("again"), [[0, 1, 2], [3, 4, 5]])


def test_a_value_stored_once_fills_its_shape() -> None:
    graph = Graph.parse(node("ones", "Const", attributes=constant(field(5, struct.pack("<f", 1.0)), 2, 2)))
    np.testing.assert_array_equal(graph.constant("ones"), np.ones((2, 2)))


def test_readers_are_found_along_edges_and_attributes_are_numbers() -> None:
    epsilon = varint(4 << 3 | 5) + struct.pack("<f", 0.25)
    graph = Graph.parse(
        node("a", "Conv2D") + node("b", "Norm", ("a:0", "^c"), {"epsilon": epsilon}) + node("c", "NoOp")
    )
    assert [reader.name for reader in graph.readers("a")] == ["b"]
    assert graph.readers("b") == []
    assert float_attribute(graph.node("b"), "epsilon") == 0.25


@pytest.mark.parametrize(
    ("graph", "reason"),
    [
        (node("x", "Placeholder"), "holds no float32 constant"),
        (node("x", "Identity", ("x",)), "holds no float32 constant"),
        (node("x", "Identity"), "holds no float32 constant"),
        (node("x", "Identity", ("y",)), "no node 'y'"),
        (node("x", "Const", attributes=constant(field(4, bytes(8)), 3)), "holds no float32 constant"),
        (node("x", "Const", attributes=constant(field(4, bytes(8)), 2, kind=3)), "data type 3, not float"),
    ],
)
def test_what_is_no_constant_is_refused(graph: bytes, reason: str) -> None:
    with pytest.raises(WeightsUnusable, match=reason):
        Graph.parse(graph).constant("x")


def test_a_missing_attribute_is_refused() -> None:
    with pytest.raises(WeightsUnusable, match="no number 'epsilon'"):
        float_attribute(Graph.parse(node("a", "Conv2D")).node("a"), "epsilon")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_graph_or_refused(data: bytes) -> None:
    try:
        Graph.parse(data)
    except WeightsUnusable as error:
        assert "not a TensorFlow graph" in str(error)


@given(st.integers(0, 200), st.binary(min_size=1, max_size=4))
def test_a_damaged_graph_gives_constants_or_is_refused(position: int, patch: bytes) -> None:
    content = field(4, np.arange(6, dtype="<f4").tobytes())
    data = bytearray(node("weights", "Const", attributes=constant(content, 2, 3)) + node("x", "Identity", ("weights",)))
    data[position : position + len(patch)] = patch
    try:
        assert Graph.parse(bytes(data)).constant("x").dtype == np.float32
    except WeightsUnusable as error:
        assert str(error)
