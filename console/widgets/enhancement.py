"""What is done to a face so that more can be seen: every step has its words, none is hidden, and all go at once."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from console.widgets.picture import Fit

#: How many times larger than whole a face is shown, step by step.
ZOOMS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
#: Degrees of a step of rotation; steps of light and contrast to each side; what a step of them does to grey values.
ROTATION_STEP, MOST_ROTATION, MOST_STEPS = 5, 45, 5
_LIGHT_STEP, _CONTRAST_STEP = 16.0, 1.2
#: Where a zoomed view begins: between the eyes and the mouth. A step of moving it is this part of what is in view.
_CENTRE = (0.5, 0.47)
_MOVE_STEP = 0.15


@dataclass(frozen=True, slots=True)
class Enhancement:
    """How a face is shown other than as it is.

    zoom: a place in `ZOOMS`. across, down: the middle of the view, as fractions of the picture. rotation: degrees
    clockwise. brightness, contrast: steps, 0 as it is. mirrored: left and right exchanged. sharper: stronger edges.
    """

    zoom: int = 0
    across: float = _CENTRE[0]
    down: float = _CENTRE[1]
    rotation: int = 0
    brightness: int = 0
    contrast: int = 0
    mirrored: bool = False
    sharper: bool = False

    def zoomed(self, by: int) -> "Enhancement":
        """Larger or smaller by so many steps; whole again, the view is where it began."""
        zoom = _within(self.zoom + by, 0, len(ZOOMS) - 1)
        return replace(self, zoom=zoom) if zoom else replace(self, zoom=0, across=_CENTRE[0], down=_CENTRE[1])

    def moved(self, across: int, down: int) -> "Enhancement":
        """The view of a zoomed face moved by so many steps, as far as the face reaches."""
        step, half = _MOVE_STEP / ZOOMS[self.zoom], 0.5 / ZOOMS[self.zoom]
        return replace(
            self,
            across=min(max(self.across + across * step, half), 1 - half),
            down=min(max(self.down + down * step, half), 1 - half),
        )

    def turned(self, by: int) -> "Enhancement":
        """Rotated by so many steps, clockwise if more than 0."""
        return replace(self, rotation=_within(self.rotation + by * ROTATION_STEP, -MOST_ROTATION, MOST_ROTATION))

    def lit(self, by: int) -> "Enhancement":
        """Brighter or darker by so many steps."""
        return replace(self, brightness=_within(self.brightness + by, -MOST_STEPS, MOST_STEPS))

    def contrasted(self, by: int) -> "Enhancement":
        """With more or less contrast, by so many steps."""
        return replace(self, contrast=_within(self.contrast + by, -MOST_STEPS, MOST_STEPS))

    def words(self) -> str:
        """What was done, as the picture's caption says it; nothing where the face is shown as it is."""
        return ", ".join(
            words
            for words, done in (
                (f"zoom x{ZOOMS[self.zoom]:g}", self.zoom),
                (f"brightness {self.brightness:+}", self.brightness),
                (f"contrast {self.contrast:+}", self.contrast),
                (f"rotated {self.rotation} degrees", self.rotation),
                ("mirrored", self.mirrored),
                ("sharpened", self.sharper),
            )
            if done
        )

    def brief(self) -> str:
        """The same where there is little room: four things at once fit into 24 columns."""
        return " ".join(
            words
            for words, done in (
                (f"x{ZOOMS[self.zoom]:g}", self.zoom),
                (f"br{self.brightness:+}", self.brightness),
                (f"co{self.contrast:+}", self.contrast),
                (f"rot{self.rotation:+}", self.rotation),
                ("mirror", self.mirrored),
                ("sharp", self.sharper),
            )
            if done
        )

    def document(self) -> dict[str, object]:
        """What was done, for the record: only what differs from the face as it is."""
        plain = asdict(PLAIN)
        changed = {name: value for name, value in asdict(self).items() if value != plain[name]}
        return {**changed, "zoom": ZOOMS[self.zoom]} if self.zoom else changed

    def applied(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """RGB pixels, uint8 [height, width, 3], turned, mirrored, lit and contrasted; zoom is the view's business."""
        if self.brightness or self.contrast:
            values = (np.arange(256) - 128) * _CONTRAST_STEP**self.contrast + 128 + _LIGHT_STEP * self.brightness
            pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)[pixels]
        if not (self.rotation or self.mirrored):
            return pixels
        image = Image.fromarray(pixels)
        if self.rotation:
            middle = (_CENTRE[0] * image.width, _CENTRE[1] * image.height)
            image = image.rotate(-self.rotation, Image.Resampling.BICUBIC, center=middle)
        return np.asarray(ImageOps.mirror(image) if self.mirrored else image)

    def view(self, placed: Fit, width: int, height: int) -> Fit:
        """The part of a picture of width x height pixels that fills the cells of `placed` when it is zoomed."""
        if not self.zoom:
            return placed
        left, top, right, bottom = placed.box
        across, down = (right - left) / ZOOMS[self.zoom], (bottom - top) / ZOOMS[self.zoom]
        left = min(max(self.across * width - across / 2, left), right - across)
        top = min(max(self.down * height - down / 2, top), bottom - down)
        return Fit(placed.columns, placed.rows, (left, top, left + across, top + down))


#: A face as it is.
PLAIN = Enhancement()


def _within(value: int, least: int, most: int) -> int:
    return max(least, min(most, value))
