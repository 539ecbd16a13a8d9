"""Writes fixtures/dlib_reference.npz: what dlib itself makes of chips and of points, for the parity tests.

To run it again, in an environment of its own (dlib is no dependency of Triage):

    python3 -m venv /tmp/dlib && /tmp/dlib/bin/pip install dlib-bin==20.0.1.post1 pillow scikit-image matplotlib
    PYTHONPATH=. /tmp/dlib/bin/python tests/engine/vision/make_dlib_reference.py WEIGHTS.dat

with the weights file from the package face_recognition_models 0.3.0.
"""

import sys

import dlib
import numpy as np
from numpy.typing import NDArray

from tests.engine.vision.dlib_reference import (
    FACES,
    POINTS,
    REFERENCE,
    block_means,
    digest,
    face_chip,
    made_chips,
    picture,
)


def main(weights: str) -> None:
    """Embed every chip, and let dlib cut chips at the points."""
    network = dlib.face_recognition_model_v1(weights)
    pictures = {name: picture(name) for name in FACES}
    chips = made_chips() | {name: face_chip(pixels, name) for name, pixels in pictures.items()}
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, chip in chips.items():
        arrays[f"{name}.sha256"] = np.array(digest(chip))
        arrays[f"{name}.vector"] = np.array(network.compute_face_descriptor(chip), dtype=np.float32)
    for name, points in POINTS.items():
        face = dlib.full_object_detection(dlib.rectangle(0, 0, 9, 9), [dlib.point(*point) for point in points])
        arrays[f"{name}.blocks"] = block_means(
            dlib.get_face_chip(pictures["astronaut"], face, size=150, padding=0.25)
        ).astype(np.float16)
    np.savez_compressed(REFERENCE, **arrays)


if __name__ == "__main__":
    main(sys.argv[1])
