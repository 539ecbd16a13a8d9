"""Cuts the region around a face out of a picture, for people to look at; needs no network."""

import io
import math

from PIL import Image

from engine.vision.errors import UnusableLandmarks
from engine.vision.types import Crop, Detection, Pixels

CONTEXT = 1.8
"""Sides of the region in sides of the face's box: hair, ears and neck help people more than they help a network."""

LONGEST_SIDE = 640
"""Pixels; more than any terminal shows of one face."""

QUICK = 1
"""zlib's level: files a tenth larger than by default, written five times as fast; a crop must not outlast embedding."""


def cut(pixels: Pixels, detection: Detection) -> Crop:
    """Cut the face's box, grown around its centre, out of an upright picture, uint8 [H, W, 3].

    The region ends where the picture ends; one that is longer than LONGEST_SIDE is scaled down by area averages.
    Raises UnusableLandmarks where the box has no pixel of the picture.
    """
    box = _region(pixels, detection.box)
    left, top, right, bottom = box
    region = Image.fromarray(pixels[top:bottom, left:right])
    scale = min(1.0, LONGEST_SIDE / max(region.size))
    if scale < 1:
        width, height = (max(1, round(side * scale)) for side in region.size)
        region = region.resize((width, height), Image.Resampling.BOX)
    file = io.BytesIO()
    region.save(file, format="PNG", compress_level=QUICK)
    return Crop(file.getvalue(), box, scale)


def _region(pixels: Pixels, box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """The whole pixels of the picture inside the grown box."""
    x1, y1, x2, y2 = box
    grow_x, grow_y = (CONTEXT - 1) / 2 * (x2 - x1), (CONTEXT - 1) / 2 * (y2 - y1)
    sides = (x1 - grow_x, y1 - grow_y, x2 + grow_x, y2 + grow_y)
    if not all(map(math.isfinite, sides)) or x2 <= x1 or y2 <= y1:
        raise UnusableLandmarks("the box of the face has no size")
    height, width = pixels.shape[:2]
    left, top = max(0, math.floor(sides[0])), max(0, math.floor(sides[1]))
    right, bottom = min(width, math.ceil(sides[2])), min(height, math.ceil(sides[3]))
    if right <= left or bottom <= top:
        raise UnusableLandmarks("the box of the face lies outside the picture")
    return left, top, right, bottom
