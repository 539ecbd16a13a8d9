"""Where the networks compute: on the processor, or on a CUDA graphics processor with the same float32 numbers."""

import torch

from config.groups import Device
from engine.vision.errors import DeviceMissing


def choose(wanted: Device) -> torch.device:
    """The device to compute on; "auto" is CUDA where there is one. Raises DeviceMissing for CUDA where there is none.

    On CUDA, TensorFloat-32 is turned off for the whole process: its ten bits of mantissa would move vectors further
    than rounding does, and vectors of one space must compare whatever computed them.
    """
    if wanted == "cpu" or (wanted == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise DeviceMissing(
            "worker.device is cuda, but torch finds no CUDA device here.",
            hint="Set worker.device to auto or cpu, or install torch's CUDA build and the driver.",
        )
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    return torch.device("cuda")
