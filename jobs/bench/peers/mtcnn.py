"""facenet-pytorch's MTCNN finds the faces; Triage's own embedder compares them, aligned by MTCNN's landmarks.

The package is installed without its dependencies, and only the two files of the detector are loaded. They take one
function of torchvision, suppression per class, which is written here so that no torchvision is needed.
"""

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from types import ModuleType
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.vision.embedder import Embedder
from engine.vision.nms import suppress
from engine.vision.types import Pixels
from jobs.bench.peers.peer import NotInstalled, Peer, Seen

NAME = "facenet-pytorch MTCNN, Triage's embedder"
_PACKAGE = "facenet-pytorch"
_INSTALL = "pip install --no-deps --require-hashes -r config/bench.txt"


def load(embedder: Embedder) -> Peer:
    """Load the detector; raises NotInstalled."""
    try:
        folder = distribution(_PACKAGE).locate_file("facenet_pytorch")
    except PackageNotFoundError as error:
        raise NotInstalled(f"{_PACKAGE} is not installed.", _INSTALL) from error
    detector = _module(str(folder)).MTCNN(keep_all=True, device="cpu")

    def look(pixels: Pixels) -> Seen:
        boxes, _, landmarks = detector.detect(Image.fromarray(pixels), landmarks=True)
        if boxes is None or not len(boxes):
            return Seen(0, None)
        sides = [[float(value) for value in box] for box in boxes]
        largest = max(range(len(sides)), key=lambda at: _area(sides[at]))
        points = np.array([[float(value) for value in point] for point in landmarks[largest]], np.float32)
        return Seen(len(sides), embedder.embed(embedder.align(pixels, points)[None])[0])

    return Peer(NAME, look)


def _module(folder: str) -> Any:
    """The package's module `models.mtcnn`, without running the package's own start, which wants all it depends on."""
    name = "facenet_pytorch"
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package
        sys.modules.setdefault("torchvision", ModuleType("torchvision"))
        sys.modules.setdefault("torchvision.ops", ModuleType("torchvision.ops"))
        for missing, value in (("transforms", "functional"), ("ops.boxes", "batched_nms")):
            stand_in: Any = ModuleType(f"torchvision.{missing}")
            setattr(stand_in, value, suppress_per_class if value == "batched_nms" else None)
            sys.modules.setdefault(f"torchvision.{missing}", stand_in)
    return import_module(f"{name}.models.mtcnn")


def suppress_per_class(boxes: Tensor, scores: Tensor, classes: Tensor, overlap: float) -> Tensor:
    """Indices of the boxes to keep, best first, boxes of different classes never suppressing each other."""
    # Boxes of another class are moved where they overlap nothing.
    apart = (classes.to(boxes) * (boxes.max() + 1 if len(boxes) else 0))[:, None]
    kept = suppress((boxes + apart).numpy(), scores.numpy(), overlap)
    return torch.as_tensor(np.asarray(kept, dtype=np.int64))


def _area(box: list[float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
