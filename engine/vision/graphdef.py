"""Reads TensorFlow's frozen graphs (GraphDef) with numpy alone: nodes, their edges and their constants.

Only the fields that weights need are decoded. The field numbers are those of TensorFlow's graph.proto, node_def.proto,
attr_value.proto and tensor.proto.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.errors import WeightsUnusable
from engine.vision.protobuf import fields, single, submessage, text

_DT_FLOAT = 1


@dataclass(frozen=True, slots=True)
class Node:
    """An operation: its inputs are names of nodes, its attributes are undecoded AttrValue messages."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, memoryview]


class Graph:
    """The nodes of a frozen graph by name, and who reads whose output."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._readers: dict[str, list[Node]] = {}
        for node in nodes.values():
            for name in node.inputs:
                self._readers.setdefault(name, []).append(node)

    @classmethod
    def parse(cls, data: bytes) -> "Graph":
        """Read a GraphDef message; raises WeightsUnusable when the bytes are not one."""
        try:
            nodes = [_node(submessage(value)) for field, value in fields(memoryview(data)) if field == 1]
        except (ValueError, IndexError) as error:
            raise WeightsUnusable(f"not a TensorFlow graph: {error}") from error
        return cls({node.name: node for node in nodes})

    def node(self, name: str) -> Node:
        """Return the node of this name; raises WeightsUnusable when there is none."""
        if name not in self._nodes:
            raise WeightsUnusable(f"the graph has no node {name!r}")
        return self._nodes[name]

    def readers(self, name: str) -> list[Node]:
        """Return the nodes that take the output of the node of this name as an input."""
        return self._readers.get(name, [])

    def constant(self, name: str) -> NDArray[np.float32]:
        """Return the float32 value of a Const node, reached through Identity nodes if need be."""
        node = self.node(name)
        try:
            if node.op == "Identity":
                return self.constant(node.inputs[0])
            return _tensor(single(node.attributes["value"], 8))
        except (KeyError, ValueError, IndexError, RecursionError) as error:
            raise WeightsUnusable(f"the node {name!r} holds no float32 constant: {error}") from error


def float_attribute(node: Node, key: str) -> float:
    """Return an attribute that is one float; raises WeightsUnusable when it is not there."""
    try:
        return float(struct.unpack("<f", single(node.attributes[key], 4))[0])
    except (KeyError, ValueError, IndexError, struct.error) as error:
        raise WeightsUnusable(f"the node {node.name!r} has no number {key!r}: {error}") from error


def _node(message: memoryview) -> Node:
    name, op, inputs, attributes = "", "", [], {}
    for field, value in fields(message):
        if field == 1:
            name = text(value)
        elif field == 2:
            op = text(value)
        elif field == 3:
            # "node:1" is the node's second output, "^node" an edge that orders without passing a value.
            inputs.append(text(value).removeprefix("^").partition(":")[0])
        elif field == 5:
            entry = submessage(value)
            attributes[text(single(entry, 1))] = single(entry, 2)
    return Node(name, op, tuple(inputs), attributes)


def _tensor(message: memoryview) -> NDArray[np.float32]:
    shape: list[int] = []
    values = np.empty(0, np.float32)
    for field, value in fields(message):
        if field == 1 and value != _DT_FLOAT:
            raise ValueError(f"data type {value}, not float")
        if field == 2:
            shape = [_size(submessage(dimension)) for number, dimension in fields(submessage(value)) if number == 2]
        if field == 4:
            values = np.frombuffer(submessage(value), "<f4")
        if field == 5:
            values = np.concatenate([values, np.frombuffer(submessage(value), "<f4")])
    # A tensor of one repeated value is stored as that value once.
    return np.broadcast_to(values, shape) if values.size == 1 else values.reshape(shape)


def _size(dimension: memoryview) -> int:
    return next((value for field, value in fields(dimension) if field == 1 and isinstance(value, int)), 0)
