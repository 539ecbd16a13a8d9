"""dlib's HOG detector, its five landmarks and its ResNet, as the package face_recognition puts them together.

The weights are those of face_recognition_models, which Triage's own embedder is read from.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np

from engine.vision.types import Pixels
from jobs.bench.peers.peer import NotInstalled, Peer, Seen

NAME = "dlib HOG + ResNet"
_INSTALL = "pip install 'triage[bench]'"
_MODELS = "face_recognition_models"
_LANDMARKS = "face_recognition_models/models/shape_predictor_5_face_landmarks.dat"
_NETWORK = "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat"
#: face_recognition's own default: small faces are looked for in a picture of twice the size.
_UPSAMPLED = 1
_AT_LEAST = 5.0


def load() -> Peer:
    """Load its models; raises NotInstalled."""
    try:
        dlib = import_module("dlib")
        models = distribution(_MODELS)
    except (ImportError, PackageNotFoundError) as error:
        raise NotInstalled(f"{NAME} is not installed.", _INSTALL) from error
    detector = dlib.get_frontal_face_detector()
    landmarks = dlib.shape_predictor(str(models.locate_file(_LANDMARKS)))
    network = dlib.face_recognition_model_v1(str(models.locate_file(_NETWORK)))

    def look(pixels: Pixels) -> Seen:
        boxes = detector(pixels, _UPSAMPLED)
        if not boxes:
            return Seen(0, None)
        largest = max(boxes, key=lambda box: box.area())
        vector = network.compute_face_descriptor(pixels, landmarks(pixels, largest))
        return Seen(len(boxes), np.array(list(vector), np.float32))

    return Peer(NAME, look, _AT_LEAST)
