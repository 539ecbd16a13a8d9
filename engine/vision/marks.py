"""Which faces lie below what the model can do, and why; loads no network.

A mark warns whoever compares the face. Nothing is left out because of one.
"""

from dataclasses import dataclass

TOO_SMALL = 7.0
"""Pixels between the eyes below which a face is too small.

Measured with the shipped models on photographs of 62 adults, each made smaller: of faces with fewer than 7 pixels 45 %
did not find their person first, of those with 7 to 10 11 %, of larger ones none (486 searches; docs/hard_pictures.md).
"""

TOO_BLURRED = 2.5
"""Sharpness (variance of the Laplacian of the aligned face) below which a face is too blurred.

Measured on the same photographs with 40 pixels between the eyes, blurred by 1.5 to 6 pixels: below 2.5 half did not
find their person first, above 3 none missed (320 searches).
"""

PROFILE = 60.0
"""Degrees to a side from which half of the face is unseen, and the landmarks of that half are guesses (see `pose`).

Not measured: the labelled pictures at hand show nobody turned so far.
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a face can hardly be compared: in a word or two, and with its figure and the limit."""

    name: str
    reason: str


def marks(eye_distance: float, sharpness: float, yaw: float) -> list[Mark]:
    """The marks of a face by its stored quality: pixels between the eyes, sharpness, and degrees to a side."""
    found = []
    if eye_distance < TOO_SMALL:
        found.append(
            Mark("too small", f"{eye_distance:.0f} pixels between the eyes; fewer than {TOO_SMALL:g} tell little")
        )
    if sharpness < TOO_BLURRED:
        found.append(Mark("too blurred", f"sharpness {sharpness:.1f}; below {TOO_BLURRED:g} the features are lost"))
    if abs(yaw) >= PROFILE:
        found.append(Mark("profile", f"turned {abs(yaw):.0f} degrees; from {PROFILE:g} half of the face is unseen"))
    return found
