"""A face as a picture for the screen, and how it is brought to the pixels that terminal cells can show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from console.widgets.cells import PIXEL_COLUMNS, PIXEL_ROWS

# Mild: a quarter or so stronger edges, without light rims around them.
_SHARPEN = ImageFilter.UnsharpMask(radius=1.0, percent=60, threshold=2)


@dataclass(frozen=True, slots=True, eq=False)
class FacePicture:
    """One face to show: `pixels` uint8 RGB [height, width, 3], cut closely around the face.

    `eye_fraction` is the distance between the eyes as a fraction of the width of `pixels`; `source_eye_pixels` is that
    distance in the pixels of the picture the face was found in; `label` is the line shown below;
    `face_id` says whose picture it is to those who ask.
    """

    pixels: NDArray[np.uint8]
    eye_fraction: float
    source_eye_pixels: float
    label: str
    face_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a picture lands: the cells it fills, and the part of it shown (left, top, right, bottom in pixels)."""

    columns: int
    rows: int
    box: tuple[float, float, float, float]

    @property
    def pixels_per_source_pixel(self) -> float:
        """How many pixels of cells show one pixel of the picture, sideways."""
        left, _, right, _ = self.box
        return PIXEL_COLUMNS * self.columns / (right - left)


def fit(width: int, height: int, columns: int, rows: int) -> Fit:
    """Fit a picture of width x height pixels into columns x rows cells, undistorted and as large as possible.

    Cells are whole, so up to half a cell's worth of the picture's edge is left out to keep its proportions.
    """
    scale = min(columns * PIXEL_COLUMNS / width, rows * PIXEL_ROWS / height)
    used_columns = max(1, round(width * scale / PIXEL_COLUMNS))
    used_rows = max(1, round(height * scale / PIXEL_ROWS))
    proportion = (used_columns * PIXEL_COLUMNS) / (used_rows * PIXEL_ROWS)
    shown_width, shown_height = min(width, height * proportion), min(height, width / proportion)
    left, top = (width - shown_width) / 2, (height - shown_height) / 2
    return Fit(used_columns, used_rows, (left, top, left + shown_width, top + shown_height))


def sample(pixels: NDArray[np.uint8], placed: Fit, *, grey: bool = False, enhanced: bool = False) -> NDArray[np.uint8]:
    """Resample RGB `pixels` to the pixels of the cells in `placed`: uint8 [4 x rows, 2 x columns, 3].

    `grey` drops the colours; `enhanced` sharpens edges mildly, and whoever shows the result must say so beside it.
    """
    image = Image.fromarray(pixels)
    if grey:
        image = image.convert("L").convert("RGB")
    size = (PIXEL_COLUMNS * placed.columns, PIXEL_ROWS * placed.rows)
    image = image.resize(size, Image.Resampling.LANCZOS, box=placed.box)
    if enhanced:
        image = image.filter(_SHARPEN)
    return np.asarray(image)
