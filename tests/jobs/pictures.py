"""Pictures with known faces from installed packages, and pictures without any."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageOps


def astronaut() -> Image.Image:
    """Eileen Collins, one face."""
    skimage = pytest.importorskip("skimage", reason="the demo's pictures are not installed")
    return Image.open(Path(skimage.__file__).parent / "data" / "astronaut.png").convert("RGB")


def hopper() -> Image.Image:
    """Grace Hopper, one face."""
    matplotlib = pytest.importorskip("matplotlib", reason="the demo's pictures are not installed")
    path = Path(matplotlib.__file__).parent / "mpl-data" / "sample_data" / "grace_hopper.jpg"
    return Image.open(path).convert("RGB")


def mirrored(picture: Image.Image) -> Image.Image:
    return ImageOps.mirror(picture)


def beside(*pictures: Image.Image) -> Image.Image:
    """The pictures side by side at the same height."""
    scaled = [picture.resize((round(512 * picture.width / picture.height), 512)) for picture in pictures]
    canvas = Image.new("RGB", (sum(picture.width for picture in scaled), 512))
    left = 0
    for picture in scaled:
        canvas.paste(picture, (left, 0))
        left += picture.width
    return canvas


def nobody() -> Image.Image:
    return Image.linear_gradient("L").convert("RGB")


def png(picture: Image.Image) -> bytes:
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
