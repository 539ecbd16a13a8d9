"""The most memory that a worker holds over files of every size: very large pictures, animations and a long video."""

import io
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import av
import numpy as np
from PIL import Image

from jobs.bench.parts import Conditions
from jobs.bench.processes import most_memory
from jobs.bench.rows import Row, alone
from jobs.bench.temporary import Temporary, temporary
from jobs.sample_pictures import astronaut

_PART = "memory"
_AT_MOST = 1000.0
#: Width and height of the still pictures, the format of each, and how often the portrait is laid into it.
_STILL = (
    (320, 240, "JPEG"),
    (4000, 3000, "JPEG"),
    (4000, 3000, "PNG"),
    (8000, 6000, "JPEG"),
    (12000, 9000, "JPEG"),
    (12000, 9000, "PNG"),
    (9000, 12000, "WEBP"),
)
_VIDEO = (1920, 1080)
_VIDEO_SECONDS = 120
_FRAMES_A_SECOND = 10


def measure(conditions: Conditions) -> Iterator[Row]:
    """Give a worker one file after the other. Raises WeightsError, SamplesMissing and ServiceFailed."""
    folder = Path(mkdtemp(prefix="triage-bench-in-"))
    try:
        with temporary(conditions.settings) as here:
            yield alone(_PART, "worker with its models, before work", _most(here), "MB")
            for width, height, kind in _STILL:
                name = f"{width} x {height} {kind}"
                conditions.say(f"Making and giving it {name}.")
                _give(here, folder / name.replace(" ", ""), f"picture.{kind.lower()}", _still(width, height, kind))
                yield alone(_PART, f"after {name}", _most(here), "MB", at_most=_AT_MOST)
            _give(here, folder / "gif", "moving.gif", _animation())
            yield alone(_PART, "after an animation of 200 frames", _most(here), "MB", at_most=_AT_MOST)
            conditions.say("Making and giving it a video.")
            _give(here, folder / "film", "film.mp4", _film())
            what = f"after {_VIDEO_SECONDS} s of video, {_VIDEO[0]} x {_VIDEO[1]}"
            yield alone(_PART, what, _most(here), "MB", at_most=_AT_MOST)
    finally:
        rmtree(folder, ignore_errors=True)


def _most(here: Temporary) -> float:
    return max(map(most_memory, here.workers()))


def _give(here: Temporary, folder: Path, name: str, data: bytes) -> None:
    (folder / "1").mkdir(parents=True)
    (folder / "1" / name).write_bytes(data)
    here.finish(here.take_in(folder))


def _still(width: int, height: int, kind: str) -> bytes:
    """A scene with portraits of one size in its corners."""
    scene = _scene(width, height)
    for x, y in ((0, 0), (width - 512, height - 512)):
        scene.paste(astronaut(), (x, y))
    file = io.BytesIO()
    options = {"PNG": {"compress_level": 1}, "WEBP": {"method": 0}}.get(kind, {})
    scene.save(file, kind, **options)
    return file.getvalue()


def _animation() -> bytes:
    frames = [_walk(640, 480, at) for at in range(200)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def _film() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=_FRAMES_A_SECOND, options={"preset": "ultrafast"})
        stream.width, stream.height = _VIDEO
        stream.pix_fmt = "yuv420p"
        for at in range(_VIDEO_SECONDS * _FRAMES_A_SECOND):
            frame = av.VideoFrame.from_ndarray(np.asarray(_walk(*_VIDEO, at)), format="rgb24")
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return file.getvalue()


def _walk(width: int, height: int, at: int) -> Image.Image:
    """A frame of a film in which a head moves to the right, in a new place every ten seconds."""
    frame = _scene(width, height, seed=at // 100)
    frame.paste(astronaut().resize((300, 300)), (4 * at % (width - 300), (height - 300) // 2))
    return frame


def _scene(width: int, height: int, seed: int = 0) -> Image.Image:
    """Soft noise."""
    noise = np.random.default_rng(seed).integers(60, 200, (9, 12, 3), np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BILINEAR)
