"""Working in bands changes where values are kept, not what they are."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.vision.convolution import Convolution
from engine.vision.row_bands import RowBands

# Kernel size, stride and whether it is depthwise, as they occur in the network and beyond.
LAYERS = [(1, 1, False), (3, 1, False), (3, 2, False), (3, 1, True), (3, 2, True), (5, 1, True), (5, 2, True)]
CHANNELS = 4


def convolution(size: int, stride: int, depthwise: bool) -> Convolution:
    """One with random numbers; its bias shows where something was padded that should not be."""
    kernel = torch.randn(CHANNELS, 1 if depthwise else CHANNELS, size, size)
    return Convolution(
        kernel, torch.randn(CHANNELS), depthwise=depthwise, stride=stride, activation=nn.functional.relu6
    )


def random_maps(pictures: int, height: int, width: int) -> Tensor:
    return torch.randn(pictures, CHANNELS, height, width).contiguous(memory_format=torch.channels_last)


@settings(max_examples=150, deadline=None)
@given(
    layers=st.lists(st.sampled_from(LAYERS), min_size=1, max_size=5),
    pictures=st.integers(1, 2),
    height=st.integers(1, 12),
    band_bytes=st.integers(1, 20_000),
    seed=st.integers(0, 99),
)
def test_bands_give_what_whole_maps_give(
    layers: list[tuple[int, int, bool]], pictures: int, height: int, band_bytes: int, seed: int
) -> None:
    torch.manual_seed(seed)
    convolutions = [convolution(*layer) for layer in layers]
    bands = RowBands(*convolutions, band_bytes=band_bytes)
    maps = random_maps(pictures, height * 32, 32)
    torch.testing.assert_close(bands(maps), nn.Sequential(*convolutions)(maps), atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("band_bytes", [1, 2**40])
def test_the_input_is_added_and_left_as_it_was(band_bytes: int) -> None:
    layer = convolution(3, 1, True)
    maps = random_maps(1, 40, 16)
    before = maps.clone()
    result = RowBands(layer, adds_input=True, band_bytes=band_bytes)(maps)
    torch.testing.assert_close(result, layer(maps) + before)
    torch.testing.assert_close(maps, before, atol=0, rtol=0)


@pytest.mark.parametrize(("band_bytes", "most"), [(1, 3), (16 * CHANNELS * 4 * 10, 12), (2**40, 40)])
def test_no_layer_sees_more_rows_than_fit_a_band_and_what_the_kernel_needs_around_it(
    band_bytes: int, most: int
) -> None:
    layer = convolution(3, 1, True)
    seen: list[int] = []
    layer.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0].shape[2]))
    RowBands(layer, band_bytes=band_bytes)(random_maps(1, 40, 16))
    assert max(seen) == most
