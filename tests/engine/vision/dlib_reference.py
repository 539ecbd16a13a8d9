"""The chips and the points that were given to dlib itself; shared by the tests and by make_dlib_reference.py."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

REFERENCE = Path(__file__).parent / "fixtures" / "dlib_reference.npz"

# Corners and steps of squares that hold the faces of the two pictures, cut without any interpolation.
FACES = {
    "astronaut": ("skimage", "data/astronaut.png", 150, 45, 1),
    "hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg", 115, 85, 2),
}

# dlib's five reference points on the unit square: the eye on the image's right (outer, inner corner), the one on its
# left (outer, inner), the base of the nose.
DLIB_FACE = np.array(
    [
        (0.8595674595992, 0.2134981538014),
        (0.6460604764104, 0.2289674387677),
        (0.1205750620789, 0.2137274526848),
        (0.3340850613712, 0.2290642403242),
        (0.4901123135679, 0.6277975316475),
    ]
)

# Such points somewhere in the astronaut's picture, turned and apart so far that dlib halves the picture once; and
# others at the picture's corner, enlarged, so that part of the chip lies outside.
POINTS = {
    "turned": [(372, 240), (327, 212), (204, 152), (254, 180), (246, 298)],
    "corner": [(52, 20), (38, 21), (3, 20), (17, 21), (28, 48)],
}


def made_chips() -> dict[str, NDArray[np.uint8]]:
    """Chips made of numbers alone."""
    y, x, channel = np.indices((150, 150, 3))
    return {
        "black": np.zeros((150, 150, 3), np.uint8),
        "white": np.full((150, 150, 3), 255, np.uint8),
        "slope": ((x + 2 * y + 40 * channel) * 255 // 527).astype(np.uint8),
        "noise": ((x * 7919 + y * 104729 + channel * 1299709) ** 2 // 977 % 256).astype(np.uint8),
    }


def picture(name: str) -> NDArray[np.uint8] | None:
    """A whole picture, None where the package that carries it is not installed."""
    package, file, *_ = FACES[name]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return np.asarray(Image.open(Path(spec.origin).parent / file).convert("RGB"))


def face_chip(pixels: NDArray[np.uint8], name: str) -> NDArray[np.uint8]:
    """The square of a picture that holds its face: uint8 [150, 150, 3]."""
    *_, left, top, step = FACES[name]
    return np.ascontiguousarray(pixels[top : top + 150 * step : step, left : left + 150 * step : step])


def digest(chip: NDArray[np.uint8]) -> str:
    """Tells whether another decoder made other pixels."""
    return hashlib.sha256(chip.tobytes()).hexdigest()


def block_means(chip: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Means of blocks of 5 x 5 pixels: [150, 150, 3] to float32 [30, 30, 3]."""
    return chip.reshape(30, 5, 30, 5, 3).mean(axis=(1, 3), dtype=np.float32)
