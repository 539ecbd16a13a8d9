"""Photographs for the detector's tests: two from installed packages, more from a folder beside the repository."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

_PACKAGED = {
    "astronaut": ("skimage", "data/astronaut.png"),
    "hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}
_SHARED = Path(__file__).parents[4] / "shared" / "data" / "faces"


def photograph(name: str) -> np.ndarray:
    """One of "astronaut" and "hopper", uint8 [H, W, 3]; skips the test where its package is not installed."""
    package, file = _PACKAGED[name]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        pytest.skip(f"the package {package}, which carries the picture, is not installed")
    return read(Path(spec.origin).parent / file)


def shared_files(folder: str) -> list[Path]:
    """The files of one collection, a folder per person; skips the test where it is not there."""
    files = sorted((_SHARED / folder).glob("*/*.*"))
    if not files:
        pytest.skip(f"{_SHARED / folder}, which holds the pictures, is not there")
    return files


def read(file: Path) -> np.ndarray:
    """The pixels of a picture file, uint8 [H, W, 3]."""
    return np.array(Image.open(file).convert("RGB"))
