"""How many faces Triage and its peers find in the same pictures, whom they know again, and what that costs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import process_time

import numpy as np
import torch
from numpy.typing import NDArray

from config.models import load_manifest
from engine.vision.errors import UnreadableMedia
from engine.vision.media import decode_image
from engine.vision.pipeline import FacePipeline
from engine.vision.types import Pixels
from jobs.bench.parts import Conditions
from jobs.bench.peers import dlib_hog, mtcnn
from jobs.bench.peers.peer import Look, NotInstalled, Peer, Seen
from jobs.bench.pictures import pictures
from jobs.bench.rows import Row, alone, cost, missing

_PART = "peers"
_TRIAGE = "Triage"


@dataclass(slots=True)
class Tally:
    """What one of them made of the pictures so far: processor seconds, faces, and a vector per picture with one."""

    seconds: float = 0.0
    faces: int = 0
    vectors: list[NDArray[np.floating] | None] = field(default_factory=list)

    def add(self, seen: Seen, seconds: float) -> None:
        """Count one picture."""
        self.seconds += seconds
        self.faces += seen.faces
        self.vectors.append(seen.vector)


def measure(conditions: Conditions) -> Iterator[Row]:
    """Have Triage and each peer that is installed look at every picture, in turns, on one thread; files are decoded
    before. Raises WeightsError and SamplesMissing.
    """
    torch.set_num_threads(1)
    detection = conditions.settings.detection
    pipeline = FacePipeline.load(load_manifest(), threshold=detection.threshold, max_side=detection.max_side, threads=1)
    peers = [Peer(_TRIAGE, _look(pipeline))]
    for name, load in ((dlib_hog.NAME, dlib_hog.load), (mtcnn.NAME, lambda: mtcnn.load(pipeline.embedder))):
        try:
            peers.append(load())
        except NotInstalled as error:
            yield missing(_PART, name, f"{error.message} {error.hint}")
    shown, people = _decoded(conditions)
    conditions.say(f"{len(shown)} pictures, {len(set(people))} people.")
    tallies = {peer.name: Tally() for peer in peers}
    for peer in peers:
        peer.look(shown[0])  # What is set up at the first picture does not count.
    for pixels in shown:
        for peer in peers:
            started = process_time()
            seen = peer.look(pixels)
            tallies[peer.name].add(seen, process_time() - started)
    yield from _rows(peers, tallies, people)


def rank_one(vectors: list[NDArray[np.floating] | None], people: list[str]) -> tuple[int, int]:
    """How many pictures are nearest to another of the same person, and how many people's pictures have another.

    A picture without a face is a miss, and nobody is found by it.
    """
    known = [(vector, person, at) for at, (vector, person) in enumerate(zip(vectors, people, strict=True))]
    mated = [entry for entry in known if people.count(entry[1]) > 1]
    found = 0
    for vector, person, at in mated:
        others = [(other, name) for other, name, place in known if place != at and other is not None]
        if vector is not None and others:
            distances = [float(np.linalg.norm(vector - other)) for other, _ in others]
            found += others[int(np.argmin(distances))][1] == person
    return found, len(mated)


def _rows(peers: list[Peer], tallies: dict[str, Tally], people: list[str]) -> Iterator[Row]:
    for peer in peers:
        tally = tallies[peer.name]
        found, searches = rank_one(tally.vectors, people)
        yield alone(_PART, f"{peer.name}: faces found in {len(people)} pictures", tally.faces, "faces")
        yield alone(_PART, f"{peer.name}: found at rank 1 of {searches}", found, "pictures")
        yield alone(_PART, f"{peer.name}: speed", len(people) / tally.seconds, "pictures per second")
    ms = {name: tally.seconds / len(people) * 1000 for name, tally in tallies.items()}
    for peer in peers[1:]:
        beside = (peer.name, ms[peer.name])
        yield cost(_PART, "Triage: cost", ms[_TRIAGE], "ms per picture", beside, at_least=peer.at_least)


def _look(pipeline: FacePipeline) -> Look:
    def look(pixels: Pixels) -> Seen:
        faces = pipeline.analyse(pixels).faces
        if not faces:
            return Seen(0, None)
        return Seen(len(faces), max(faces, key=lambda face: face.quality.eye_distance).vector)

    return look


def _decoded(conditions: Conditions) -> tuple[list[Pixels], list[str]]:
    shown, people = [], []
    for picture in pictures(conditions):
        try:
            shown.append(decode_image(picture.data, max_pixels=conditions.settings.decoding.max_pixels).pixels)
        except UnreadableMedia:
            continue
        people.append(picture.person)
    return shown, people
