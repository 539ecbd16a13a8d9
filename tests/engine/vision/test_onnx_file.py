"""ONNX files that reach outside themselves are refused, wherever in the file they do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.vision.errors import WeightsUnusable
from engine.vision.onnx_file import require_plain
from tests.engine.vision.onnx_models import graph, holding, model, node, projection, tensor
from tests.engine.vision.wire import field, number_field

EXTERNAL = field(13, field(1, b"location") + field(2, b"../weights.bin")) + number_field(14, 1)
WEIGHTS = tensor("weights", np.zeros(2), more=EXTERNAL)
OWN = node("Magic", "x", "y", domain="our.own")


def test_a_plain_model_passes() -> None:
    require_plain(projection())


@pytest.mark.parametrize(
    "data",
    [
        model(graph(tensors=(WEIGHTS,))),
        model(graph(node("Constant", "", "y", holding("value", field(5, WEIGHTS))))),
        model(graph(node("Constant", "", "y", holding("value", field(10, WEIGHTS))))),
        model(graph(node("If", "x", "y", holding("then", field(6, graph(tensors=(WEIGHTS,))))))),
        model(graph(node("Constant", "", "y", holding("value", field(22, field(1, WEIGHTS)))))),
        model(graph() + field(15, field(2, WEIGHTS))),
        model(graph(), field(25, field(7, node("Constant", "", "y", holding("value", field(5, WEIGHTS)))))),
        model(graph(tensors=(tensor("weights", np.zeros(2), more=number_field(14, 1)),))),
    ],
    ids=["initializer", "attribute", "list", "subgraph", "sparse", "sparse initializer", "function", "flag alone"],
)
def test_weights_in_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(WeightsUnusable, match="in other files"):
        require_plain(data)


@pytest.mark.parametrize(
    "data",
    [
        model(graph(OWN)),
        model(graph(node("Loop", "x", "y", holding("body", field(6, graph(OWN)))))),
        model(graph(), field(25, field(7, OWN))),
        model(graph(node("FusedConv", "x", "y", domain="com.microsoft"))),
    ],
    ids=["graph", "subgraph", "function", "of the runtime"],
)
def test_operators_of_others_are_refused(data: bytes) -> None:
    with pytest.raises(WeightsUnusable, match=r"needs the operator (Magic of our\.own|FusedConv of com\.microsoft)"):
        require_plain(data)


def test_operators_that_the_file_defines_itself_pass() -> None:
    inner = field(7, node("Relu", "x", "y"))
    require_plain(model(graph(OWN), field(25, field(1, b"Magic") + field(10, b"our.own") + inner)))


def test_training_steps_are_refused() -> None:
    with pytest.raises(WeightsUnusable, match="training"):
        require_plain(model(graph(), field(20, b"")))


def test_graphs_nested_without_end_are_refused() -> None:
    nested = graph()
    for _ in range(2000):
        nested = graph(node("If", "x", "y", holding("then", field(6, nested))))
    with pytest.raises(WeightsUnusable, match="not an ONNX model"):
        require_plain(model(nested))


@pytest.mark.parametrize("data", [b"", b"no model", projection()[:-100], number_field(1, 8)])
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(WeightsUnusable, match="not an ONNX model"):
        require_plain(data)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        require_plain(data)
    except WeightsUnusable as error:
        assert error.hint
