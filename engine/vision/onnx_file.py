"""Refuses ONNX files that are not whole and plain: own operators, data kept in other files, training steps.

The runtime would look for such things outside the file that was checked. The field numbers are those of onnx.proto.
"""

from collections.abc import Iterator

from engine.vision.errors import WeightsUnusable
from engine.vision.protobuf import fields, submessage, text

#: The domains of ONNX's own operators.
_STANDARD = {"", "ai.onnx", "ai.onnx.ml"}
_EXPORT = "Export it again as one file with standard ONNX operators only."

# ModelProto
_GRAPH, _TRAINING, _FUNCTION = 7, 20, 25
# GraphProto, FunctionProto
_GRAPH_NODE, _INITIALIZER, _SPARSE_INITIALIZER, _FUNCTION_NODE, _FUNCTION_DOMAIN = 1, 5, 15, 7, 10
# NodeProto
_OPERATOR, _ATTRIBUTE, _OPERATOR_DOMAIN = 4, 5, 7
# AttributeProto: a tensor, a graph, several of either; the same of sparse tensors
_TENSORS, _GRAPHS, _SPARSE_TENSORS = {5, 10}, {6, 11}, {22, 23}
# TensorProto, SparseTensorProto
_EXTERNAL_DATA, _DATA_LOCATION, _SPARSE_PARTS = 13, 14, {1, 2}


def require_plain(data: bytes) -> None:
    """Raise WeightsUnusable unless the bytes are one ONNX model that needs nothing beside itself."""
    try:
        model = list(fields(memoryview(data)))
        if not any(number == _GRAPH for number, _ in model):
            raise ValueError("it holds no graph")
        known = _STANDARD | {_domain(submessage(value)) for number, value in model if number == _FUNCTION}
        for number, value in model:
            if number == _GRAPH:
                _check_graph(submessage(value), known)
            elif number == _FUNCTION:
                _check_nodes(submessage(value), _FUNCTION_NODE, known)
            elif number == _TRAINING:
                raise WeightsUnusable("the model holds training steps", hint=_EXPORT)
    except (ValueError, IndexError, RecursionError) as error:
        raise WeightsUnusable(f"not an ONNX model: {error}", hint="Give a file that ends in .onnx.") from error


def _domain(function: memoryview) -> str:
    return next((text(value) for number, value in fields(function) if number == _FUNCTION_DOMAIN), "")


def _check_graph(graph: memoryview, known: set[str]) -> None:
    _check_nodes(graph, _GRAPH_NODE, known)
    for number, value in fields(graph):
        if number == _INITIALIZER:
            _check_tensor(submessage(value))
        elif number == _SPARSE_INITIALIZER:
            _check_sparse(submessage(value))


def _check_nodes(holder: memoryview, node_number: int, known: set[str]) -> None:
    for number, value in fields(holder):
        if number == node_number:
            _check_node(submessage(value), known)


def _check_node(node: memoryview, known: set[str]) -> None:
    operator = domain = ""
    attributes = []
    for number, value in fields(node):
        if number == _OPERATOR:
            operator = text(value)
        elif number == _OPERATOR_DOMAIN:
            domain = text(value)
        elif number == _ATTRIBUTE:
            attributes.append(submessage(value))
    if domain not in known:
        raise WeightsUnusable(f"the model needs the operator {operator} of {domain}, which is not ONNX's", hint=_EXPORT)
    for kind, part in _parts(attributes):
        if kind in _TENSORS:
            _check_tensor(part)
        elif kind in _GRAPHS:
            _check_graph(part, known)
        else:
            _check_sparse(part)


def _parts(attributes: list[memoryview]) -> Iterator[tuple[int, memoryview]]:
    """The tensors and graphs inside the attributes of a node."""
    for attribute in attributes:
        for number, value in fields(attribute):
            if number in _TENSORS | _GRAPHS | _SPARSE_TENSORS:
                yield number, submessage(value)


def _check_sparse(tensor: memoryview) -> None:
    for number, value in fields(tensor):
        if number in _SPARSE_PARTS:
            _check_tensor(submessage(value))


def _check_tensor(tensor: memoryview) -> None:
    for number, value in fields(tensor):
        if number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value != 0):
            raise WeightsUnusable("the model keeps weights in other files", hint=_EXPORT)
