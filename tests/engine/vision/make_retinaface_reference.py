"""Writes fixtures/retinaface_reference.npz: what TensorFlow itself makes of the frozen graph, for the parity tests.

To run it again, in an environment of its own (TensorFlow is no dependency of Triage):

    python3 -m venv /tmp/tf && /tmp/tf/bin/pip install tensorflow-cpu==2.21.0 pillow
    /tmp/tf/bin/python tests/engine/vision/make_retinaface_reference.py GRAPH.pb astronaut.png grace_hopper.jpg

with the graph from the package retinaface 1.1.1 and the pictures from the wheels of scikit-image and matplotlib.
"""

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

OUTPUT = Path(__file__).parent / "fixtures" / "retinaface_reference.npz"
# The heads before decoding, and the decoded faces.
TENSORS = {
    "boxes": "RetinaFaceModel/tf_op_layer_concat/concat:0",
    "landmarks": "RetinaFaceModel/tf_op_layer_concat_1/concat_1:0",
    "scores": "RetinaFaceModel/softmax/Softmax:0",
    "faces": "Identity:0",
}


def made_inputs() -> dict[str, np.ndarray]:
    """Return pictures made of numbers alone: noise, and a bright disc on a slope."""
    noise = np.random.default_rng(7).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    y, x = np.mgrid[:128, :96]
    slope = np.stack([x * 2, y, 255 - x - y], axis=-1).clip(0, 255)
    disc = np.hypot(x - 50, y - 60) < 30
    return {"noise": noise, "disc": np.where(disc[..., None], [220, 180, 160], slope).astype(np.uint8)}


def padded(pixels: np.ndarray) -> np.ndarray:
    """Return the picture with zeros at the right and the bottom, up to multiples of 32."""
    height, width = pixels.shape[:2]
    return np.pad(pixels, ((0, -height % 32), (0, -width % 32), (0, 0)))


def main(graph_file: str, astronaut: str, hopper: str) -> None:
    """Run the graph on every picture and write the numbers."""
    definition = tf.compat.v1.GraphDef.FromString(Path(graph_file).read_bytes())
    values: dict[str, np.ndarray] = {}
    with tf.Graph().as_default() as graph:
        tf.compat.v1.import_graph_def(definition, name="")
        with tf.compat.v1.Session(graph=graph) as session:

            def run(pixels: np.ndarray) -> dict[str, np.ndarray]:
                return session.run(TENSORS, {"x:0": padded(pixels)[None].astype(np.float32)})

            for name, pixels in made_inputs().items():
                values[f"{name}.input"] = pixels
                values |= {f"{name}.{key}": value[0] for key, value in heads(run(pixels)).items()}
            for name, file in {"astronaut": astronaut, "hopper": hopper}.items():
                pixels = np.asarray(Image.open(file).convert("RGB"))
                result = run(pixels)
                scores = result["scores"][0, :, 1]
                chosen = np.union1d(np.arange(0, scores.size, 53), np.argsort(-scores)[:40])
                values[f"{name}.chosen"] = chosen
                values |= {f"{name}.{key}": value[0, chosen] for key, value in heads(result).items()}
                height, width = padded(pixels).shape[:2]
                faces = result["faces"]
                values[f"{name}.face_boxes"] = faces[:, :4] * [width, height, width, height]
                values[f"{name}.face_landmarks"] = faces[:, 4:14].reshape(-1, 5, 2) * [width, height]
                values[f"{name}.face_scores"] = faces[:, 15]
    np.savez_compressed(OUTPUT, **values)


def heads(result: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the raw boxes, landmarks and probabilities of a face."""
    return {"boxes": result["boxes"], "landmarks": result["landmarks"], "scores": result["scores"][..., 1]}


if __name__ == "__main__":
    main(*sys.argv[1:])
