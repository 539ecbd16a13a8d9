"""What the fine look takes for a face although the normal pass saw the picture too: small faces, and certain ones."""

import numpy as np
import pytest

from engine.vision.detector import FaceDetector
from engine.vision.tiles import SIDE
from engine.vision.types import Detection, Pixels


class Scripted:
    """A network that sees one face, of a given long side and score, in the first tile of a fine look alone."""

    def __init__(self, long_side: float, score: float) -> None:
        self.face = Detection((300, 300, 300 + long_side, 300 + long_side), np.zeros((5, 2), np.float32), score)

    def detect_batch(self, pictures: list[Pixels], threshold: float) -> list[list[Detection]]:
        seen = [self.face] if self.face.score > threshold else []
        return [seen if pixels.shape == (SIDE, SIDE, 3) and pixels[0, 0].all() else [] for pixels in pictures]


@pytest.mark.parametrize(
    ("long_side", "score", "faces"),
    # Reduced to half for the normal pass, which sees 28 pixels of 56.
    [(55, 0.81, 1), (57, 0.81, 0), (57, 0.989, 0), (57, 0.991, 1), (150, 0.991, 1)],
)
def test_a_face_that_the_normal_pass_should_have_seen_must_be_certain(
    long_side: float, score: float, faces: int
) -> None:
    picture = np.zeros((2400, 3200, 3), np.uint8)
    picture[:100, :100] = 255
    found = FaceDetector(Scripted(long_side, score), threshold=0.8, max_side=1600).detect(picture)
    assert found.passes[-1] == "fine"
    assert len(found.faces) == faces
