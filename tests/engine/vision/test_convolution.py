"""A convolution is the same with and without oneDNN, on maps of any size."""

import pytest
import torch
import torch.nn.functional as functional

from engine.vision.convolution import Convolution


@pytest.mark.parametrize("size", [8, 40])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("depthwise", [False, True])
@pytest.mark.parametrize("onednn", [False, True])
def test_it_is_the_definition_of_a_convolution(
    monkeypatch: pytest.MonkeyPatch, size: int, stride: int, depthwise: bool, onednn: bool
) -> None:
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: onednn)
    kernel, bias = torch.randn(6, 1 if depthwise else 6, 3, 3), torch.randn(6)
    layer = Convolution(kernel, bias, depthwise=depthwise, stride=stride, activation=functional.relu6)
    maps = torch.randn(2, 6, size, size)
    padded = functional.pad(maps, (1, 1, 1, 1)).double()
    windows = padded.unfold(2, 3, stride).unfold(3, 3, stride)
    equation = "nchwij,cij->nchw" if depthwise else "nkhwij,ckij->nchw"
    sums = torch.einsum(equation, windows, (kernel[:, 0] if depthwise else kernel).double())
    expected = (sums + bias.double()[:, None, None]).clamp(0, 6)
    torch.testing.assert_close(layer(maps).double(), expected, atol=1e-5, rtol=1e-5)


def test_without_onednn_it_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise AssertionError("oneDNN was called")

    monkeypatch.setattr(torch, "mkldnn_convolution", missing)
    layer = Convolution(torch.randn(4, 4, 1, 1), torch.randn(4))
    with pytest.raises(AssertionError, match="oneDNN was called"):
        layer(torch.randn(1, 4, 64, 64))
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert layer(torch.randn(1, 4, 64, 64)).shape == (1, 4, 64, 64)
