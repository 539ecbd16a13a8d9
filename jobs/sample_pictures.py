"""Faces of adults from installed packages, for the demonstration and for testing imported models.

NASA's astronaut and `lfw_subset` come with scikit-image, Grace Hopper with matplotlib.
"""

import io
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from PIL import Image

from jobs.errors import SamplesMissing

#: The first hundred rows of lfw_subset are faces, 25 x 25 grey; enlarged, a detector finds them.
STRANGERS = 100
_STRANGER_SIDE = 200
_QUALITY = 92


def astronaut() -> Image.Image:
    """Eileen Collins, 512 x 512."""
    return Image.open(_installed("scikit-image", "skimage/data/astronaut.png")).convert("RGB")


def hopper() -> Image.Image:
    """Grace Hopper, 512 x 600."""
    return Image.open(_installed("matplotlib", "matplotlib/mpl-data/sample_data/grace_hopper.jpg")).convert("RGB")


def strangers() -> list[Image.Image]:
    """A hundred faces of other people, enlarged to 200 x 200 grey."""
    faces = np.load(_installed("scikit-image", "skimage/data/lfw_subset.npy"))[:STRANGERS]
    side = (_STRANGER_SIDE, _STRANGER_SIDE)
    return [
        Image.fromarray((face * 255).astype(np.uint8)).resize(side, Image.Resampling.LANCZOS).convert("RGB")
        for face in faces
    ]


def as_jpeg(picture: Image.Image, quality: int = _QUALITY) -> bytes:
    """The picture as a JPEG file; the same picture gives the same bytes."""
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality)
    return target.getvalue()


def recompressed(picture: Image.Image, quality: int) -> Image.Image:
    """The picture as a JPEG file of this quality shows it."""
    return Image.open(io.BytesIO(as_jpeg(picture, quality))).convert("RGB")


def _installed(package: str, file: str) -> Path:
    try:
        path = Path(str(distribution(package).locate_file(file)))
    except PackageNotFoundError as error:
        raise SamplesMissing(
            f"The sample pictures of {package} are needed, which is not installed.", f"pip install {package}"
        ) from error
    if not path.is_file():
        raise SamplesMissing(f"{package} is installed without {file}.", f"Install it again: pip install -U {package}")
    return path
