"""Where a face's landmarks belong on the chip that an embedder takes.

Positions are continuous: the first pixel reaches from 0 to 1, its middle is 0.5. Nothing is imported here, so that a
list of models can name alignments without loading what applies them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.declaration import Alignment


@dataclass(frozen=True, slots=True)
class Template:
    """Where the five landmarks of a face lie on a square chip of `size` pixels; its name changes with its numbers."""

    name: str
    size: int
    points: tuple[tuple[float, float], ...]


DLIB_CHIP = Template(
    name="retinaface5-dlib150-v1",
    size=150,
    points=((46.239, 45.959), (101.802, 45.109), (73.943, 77.476), (49.946, 102.280), (98.544, 101.699)),
)
"""Where RetinaFace's landmarks fall on the chip that dlib cuts for its network.

Measured by running both detectors on the same faces: the trimmed mean over 299 of them. The chip is dlib's own, with
a padding of 0.25 (get_face_chip_details in image_transforms/interpolation.h).
"""

ARCFACE_CHIP = Template(
    name="retinaface5-arcface112-v1",
    size=112,
    points=((38.7946, 52.1963), (74.0318, 52.0014), (56.5252, 72.2366), (42.0493, 92.8655), (71.2299, 92.7041)),
)
"""The five points that ArcFace and its kin are trained on (Deng et al. 2019; insightface's face_align.py).

They are published as pixel indices, which count from the middle of the first pixel; hence half a pixel more here.
"""

_KNOWN = {"arcface": ARCFACE_CHIP, "dlib": DLIB_CHIP}


def template_for(alignment: "Alignment", size: int) -> Template:
    """The template of a declared alignment for chips of `size` pixels, its points scaled with the chip."""
    known = _KNOWN[alignment]
    if size == known.size:
        return known
    scale = size / known.size
    return Template(
        name=known.name.replace(f"{alignment}{known.size}", f"{alignment}{size}"),
        size=size,
        points=tuple((x * scale, y * scale) for x, y in known.points),
    )
