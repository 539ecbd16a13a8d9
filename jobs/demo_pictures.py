"""The pictures of the demonstration: portraits from installed packages, and what is made from them by code.

NASA's astronaut and `lfw_subset` come with scikit-image, Grace Hopper with matplotlib, and the official portraits lie
among the test pictures in the source archive of face_recognition, which `make setup` fetches by its checksum.
"""

import hashlib
import io
import tarfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

import config
from jobs.errors import DemoIncomplete

PORTRAITS = "face_recognition-1.3.0.tar.gz"
PORTRAITS_SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
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


def portrait(name: str) -> Image.Image:
    """One of the official portraits by its file name, such as `obama2.jpg`."""
    folder = Path(config.__file__).parents[1] / ".demo" / "downloads"
    archive = folder / PORTRAITS
    if not archive.is_file():
        raise DemoIncomplete(f"The demo's portraits are not there: {archive} is missing.", "Fetch them: make setup")
    data = archive.read_bytes()
    if hashlib.sha256(data).hexdigest() != PORTRAITS_SHA256:
        raise DemoIncomplete(
            f"{archive} is not the archive it should be.", f"Fetch it again: rm -r {folder}; make setup"
        )
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as members:
        member = members.extractfile(f"face_recognition-1.3.0/tests/test_images/{name}")
        if member is None:
            raise DemoIncomplete(f"{archive} holds no {name}.", f"Fetch it again: rm -r {folder}; make setup")
        return Image.open(io.BytesIO(member.read())).convert("RGB")


def strangers() -> list[Image.Image]:
    """A hundred faces of people who are in no referral of the demo, enlarged to 200 x 200 grey."""
    faces = np.load(_installed("scikit-image", "skimage/data/lfw_subset.npy"))[:STRANGERS]
    side = (_STRANGER_SIDE, _STRANGER_SIDE)
    return [
        Image.fromarray((face * 255).astype(np.uint8)).resize(side, Image.Resampling.LANCZOS).convert("RGB")
        for face in faces
    ]


def degraded(picture: Image.Image) -> Image.Image:
    """The picture small, blurred, turned by 25 degrees and saved badly: what comes out of a messenger."""
    picture = picture.copy()
    picture.thumbnail((420, 420))
    picture = picture.rotate(25, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(96, 96, 96))
    return _recompressed(picture.filter(ImageFilter.GaussianBlur(0.8)), quality=30)


def another_take(picture: Image.Image) -> Image.Image:
    """The picture as another sender might have it: mirrored, closer, darker, smaller."""
    width, height = picture.size
    closer = ImageOps.mirror(picture).crop((width // 10, 0, width - width // 10, height * 4 // 5))
    darker = ImageEnhance.Brightness(closer).enhance(0.7)
    return _recompressed(darker.resize((darker.width * 3 // 4, darker.height * 3 // 4)), quality=70)


def side_by_side(*pictures: Image.Image) -> Image.Image:
    """The pictures in a row at one height, as in a group photograph."""
    height = 480
    scaled = [picture.resize((picture.width * height // picture.height, height)) for picture in pictures]
    row = Image.new("RGB", (sum(picture.width for picture in scaled), height))
    left = 0
    for picture in scaled:
        row.paste(picture, (left, 0))
        left += picture.width
    return row


def room() -> Image.Image:
    """An empty room with a window and a lamp: a picture in which nobody is."""
    picture = Image.new("RGB", (640, 480), (196, 186, 170))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 340, 640, 480), fill=(120, 92, 68))
    draw.rectangle((80, 60, 280, 240), fill=(150, 190, 220), outline=(90, 70, 50), width=8)
    draw.line((180, 60, 180, 240), fill=(90, 70, 50), width=6)
    draw.polygon(((460, 120), (560, 120), (590, 210), (430, 210)), fill=(220, 200, 120))
    draw.line((510, 210, 510, 400), fill=(60, 50, 40), width=8)
    return picture


def as_jpeg(picture: Image.Image, quality: int = _QUALITY) -> bytes:
    """The picture as a JPEG file; the same picture gives the same bytes."""
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=quality)
    return target.getvalue()


def _recompressed(picture: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(as_jpeg(picture, quality))).convert("RGB")


def _installed(package: str, file: str) -> Path:
    try:
        path = Path(str(distribution(package).locate_file(file)))
    except PackageNotFoundError as error:
        raise DemoIncomplete(
            f"The demo takes pictures from {package}, which is not installed.", "make setup"
        ) from error
    if not path.is_file():
        raise DemoIncomplete(f"{package} is installed without {file}.", f"Install it again: pip install -U {package}")
    return path
