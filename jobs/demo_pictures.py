"""The pictures of the demonstration: portraits, and what is made from them by code.

The official portraits lie among the test pictures in the source archive of face_recognition, which `make setup` fetches
by its checksum; the rest are sample pictures of installed packages.
"""

import hashlib
import io
import tarfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

import config
from jobs.errors import DemoIncomplete
from jobs.sample_pictures import recompressed

PORTRAITS = "face_recognition-1.3.0.tar.gz"
PORTRAITS_SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"


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


def degraded(picture: Image.Image) -> Image.Image:
    """The picture small, blurred, turned by 25 degrees and saved badly: what comes out of a messenger."""
    picture = picture.copy()
    picture.thumbnail((420, 420))
    picture = picture.rotate(25, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(96, 96, 96))
    return recompressed(picture.filter(ImageFilter.GaussianBlur(0.8)), quality=30)


def another_take(picture: Image.Image) -> Image.Image:
    """The picture as another sender might have it: mirrored, closer, darker, smaller."""
    width, height = picture.size
    closer = ImageOps.mirror(picture).crop((width // 10, 0, width - width // 10, height * 4 // 5))
    darker = ImageEnhance.Brightness(closer).enhance(0.7)
    return recompressed(darker.resize((darker.width * 3 // 4, darker.height * 3 // 4)), quality=70)


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
