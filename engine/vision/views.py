"""Views of a picture that a detector looks at in its stead: smaller, larger, turned ...; and the way back."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.vision.types import Detection, Pixels

_GREY = 128
# Grey values, of 255, between the darkest and the brightest hundredth from which a picture counts as well exposed.
_FULL_RANGE = 80
# Pixels beyond which a picture is resized in parts, because Pillow's copy of it is larger than itself.
_LARGE = 16_000_000
_STRIP = 128


@dataclass(frozen=True, slots=True)
class View:
    """Pixels made from a picture, and the float64 [2, 3] matrix that maps x, y, 1 in them to x, y in the picture.

    Coordinates are continuous: the first pixel reaches from 0 to 1.
    """

    pixels: Pixels
    to_picture: NDArray[np.float64]

    def back(self, detection: Detection) -> Detection:
        """Return what was found in the view as found in the picture; the landmarks keep their order in the face."""
        corners = self._points(np.array(detection.box).reshape(2, 2))
        (x1, y1), (x2, y2) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        return replace(detection, box=(x1, y1, x2, y2), landmarks=self._points(detection.landmarks).astype(np.float32))

    def _points(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        mapped: NDArray[np.float64] = points @ self.to_picture[:, :2].T + self.to_picture[:, 2]
        return mapped


def whole(pixels: Pixels) -> View:
    """View a picture as it is."""
    return View(pixels, np.eye(2, 3))


def scaled(view: View, factor: float) -> View:
    """Enlarge or reduce a view by a factor, smoothly either way."""
    height, width = view.pixels.shape[:2]
    new_width, new_height = (max(1, round(side * factor)) for side in (width, height))
    if (new_width, new_height) == (width, height):
        return view
    if width * height <= _LARGE:
        pixels = _resized(view.pixels, new_width, new_height)
    else:
        pixels = _lowered(_narrowed(view.pixels, new_width), new_height)
    return _changed(view, pixels, [[width / new_width, 0, 0], [0, height / new_height, 0]])


def bordered(view: View, width: int) -> View:
    """Add a border of this many pixels on each side, in the grey that the networks see as zero."""
    pixels = np.pad(view.pixels, ((width, width), (width, width), (0, 0)), constant_values=_GREY)
    return _changed(view, pixels, [[1, 0, -width], [0, 1, -width]])


def turned(view: View) -> View:
    """Turn a view by a quarter, counter-clockwise."""
    width = view.pixels.shape[1]
    return _changed(view, np.rot90(view.pixels), [[0, -1, width], [1, 0, 0]])


def part(view: View, left: int, top: int, right: int, bottom: int) -> View:
    """Cut a rectangle, in whole pixels, out of a view; no pixel is copied."""
    return _changed(view, view.pixels[top:bottom, left:right], [[1, 0, left], [0, 1, top]])


def lit(view: View) -> View | None:
    """Spread the brightness of a dark or washed-out view over its whole range; None where it fills the range already.

    Colours keep their hue: the three are shifted and scaled alike. The darkest and the brightest hundredth are cut off.
    """
    sample = view.pixels[::4, ::4]
    low, high = np.percentile(sample, (1, 99))
    if high - low > _FULL_RANGE or high - low < 1:
        return None
    table = np.clip((np.arange(256) - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
    return View(table[view.pixels], view.to_picture)


def square_around(view: View, box: tuple[float, float, float, float], growth: float) -> View:
    """Cut out the square around a box in the view, its longer side times `growth`; grey where the view ends."""
    x1, y1, x2, y2 = box
    side = max(1, round(max(x2 - x1, y2 - y1) * growth))
    left, top = round((x1 + x2 - side) / 2), round((y1 + y2 - side) / 2)
    pixels = np.full((side, side, 3), _GREY, np.uint8)
    inside = view.pixels[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    down, right = max(-top, 0), max(-left, 0)
    pixels[down : down + inside.shape[0], right : right + inside.shape[1]] = inside
    return _changed(view, pixels, [[1, 0, left], [0, 1, top]])


def _narrowed(pixels: Pixels, width: int) -> Pixels:
    """Bring rows to a width, some at a time; bringing it to a height afterwards gives what both at once give."""
    wide = np.empty((len(pixels), width, 3), np.uint8)
    for top in range(0, len(pixels), _STRIP):
        rows = pixels[top : top + _STRIP]
        wide[top : top + _STRIP] = _resized(rows, width, len(rows))
    return wide


def _lowered(pixels: Pixels, height: int) -> Pixels:
    """Bring columns to a height, some at a time."""
    low = np.empty((height, pixels.shape[1], 3), np.uint8)
    for left in range(0, pixels.shape[1], _STRIP):
        columns = pixels[:, left : left + _STRIP]
        low[:, left : left + _STRIP] = _resized(columns, columns.shape[1], height)
    return low


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    # Pillow widens the filter when it reduces, so that fine patterns do not turn into false ones.
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))


def _changed(view: View, pixels: Pixels, to_view: list[list[float]]) -> View:
    return View(pixels, view.to_picture @ np.array([*to_view, [0, 0, 1]], dtype=np.float64))
