"""Faces drawn with a few flat colours: nobody's, the same on every machine, and small as a snapshot."""

import numpy as np
from PIL import Image, ImageDraw

from engine.records.faces.faces import NewFace
from engine.records.packing import pack
from engine.vision.crops import cut
from engine.vision.quality import assess
from engine.vision.types import Detection

WIDTH, HEIGHT = 240, 300
#: Skin and hair, one pair for each drawn person.
_COLOURS = (
    ((224, 184, 152), (72, 48, 32)),
    ((160, 112, 80), (24, 24, 24)),
    ((240, 208, 184), (200, 160, 80)),
    ((120, 80, 56), (48, 32, 24)),
)


def drawn(person: int, *, eyes: float = 48.0) -> NewFace:
    """A frontal face, the eyes so many pixels apart; the number chooses the colours and the vector."""
    scale = eyes / 48.0
    picture = _picture(person).resize((round(WIDTH * scale), round(HEIGHT * scale)), Image.Resampling.BOX)
    box = tuple(scale * value for value in (64.0, 70.0, 176.0, 230.0))
    landmarks = scale * np.array([[96, 130], [144, 130], [120, 160], [100, 190], [140, 190]], dtype=np.float32)
    detection = Detection((box[0], box[1], box[2], box[3]), landmarks, 0.99)
    pixels = np.asarray(picture)
    crop, quality = cut(pixels, detection), assess(pixels, detection)
    return NewFace(
        box=box,
        landmarks=landmarks.tolist(),
        score=0.99,
        eye_distance=quality.eye_distance,
        sharpness=200.0,
        brightness=quality.brightness,
        contrast=quality.contrast,
        yaw=0.0,
        pitch=0.0,
        roll=0.0,
        crop_png=crop.png,
        crop_box=crop.box,
        crop_scale=crop.scale,
        vector=pack(np.array([1.0, float(person), 0.0, 0.0], dtype=np.float32)),
    )


def _picture(person: int) -> Image.Image:
    skin, hair = _COLOURS[person % len(_COLOURS)]
    picture = Image.new("RGB", (WIDTH, HEIGHT), (88, 104, 120))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((52, 40, 188, 220), fill=hair)
    draw.ellipse((64, 70, 176, 240), fill=skin)
    for x in (96, 144):
        draw.ellipse((x - 12, 122, x + 12, 138), fill=(248, 248, 248))
        draw.ellipse((x - 5, 124, x + 5, 136), fill=(40, 32, 24))
    draw.polygon([(120, 140), (112, 168), (128, 168)], fill=tuple(channel - 24 for channel in skin))
    draw.ellipse((98, 184, 142, 198), fill=(160, 72, 72))
    # What tells one drawn picture of a person from the next one.
    draw.rectangle((0, 0, 12 * (person + 1), 8), fill=(8 * (person % 30), 120, 40))
    return picture
