"""Gives malformed files to a decoder and counts what becomes of them: `python -m ...decoding.hostile --files N`."""

import argparse
import io
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from config.groups import Decoding
from engine.vision.decoding.decoder import Decoder
from engine.vision.decoding.process import Limits
from engine.vision.errors import UnreadableMedia
from tests.engine.vision.decoding.mutations import malformed

_MOST_FRAMES = 40
# A process has met its formats after so many files; what it holds from then on is what counts.
_SETTLED = 60


@dataclass
class Outcome:
    """What became of the files, by format; memory in MB of parent and decoder, after each file."""

    files: int = 0
    decoded: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    parent: list[float] = field(default_factory=list)
    children: dict[int, list[float]] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def growth(self) -> tuple[float, float]:
        """MB per thousand files by which the parent, and the decoder that grew most, became larger."""
        return _slope(self.parent), max((_slope(held) for held in self.children.values()), default=0.0)


def run(count: int, *, seed: int = 1, limits: Limits | None = None, say: bool = False) -> Outcome:
    """Decode or refuse so many malformed files; raises what else comes of them."""
    decoding = Decoding()
    decoder = Decoder(limits or Limits(decoding.max_pixels, decoding.max_memory_bytes, decoding.max_seconds))
    outcome = Outcome()
    for file in malformed(count, seed):
        started = time.monotonic()
        try:
            said = _worked(decoder, file.data)
        except UnreadableMedia as error:
            assert error.reason, file.name
            outcome.refused[file.kind] += 1
            outcome.reasons[_class(error.reason)] += 1
        else:
            outcome.decoded[file.kind] += 1
            outcome.reasons.update(map(_class, said))
        outcome.files += 1
        outcome.slowest = max(outcome.slowest, (time.monotonic() - started, file.name))
        outcome.parent.append(_resident("self"))
        for child in decoder.processes():
            outcome.children.setdefault(child, []).append(_resident(str(child)))
        if say and outcome.files % 500 == 0:
            sys.stderr.write(f"{outcome.files} of {count}\n")
    decoder.close()
    return outcome


def _worked(decoder: Decoder, data: bytes) -> list[str]:
    """Decode it as the jobs do: a still, else a video of which some frames are looked at; what was wrong with it."""
    try:
        picture = decoder.still_unless_moving(data)
    except UnreadableMedia as error:
        if not error.reason.startswith("a video"):
            raise
        picture = None
    if picture is not None:
        assert picture.pixels.shape == (picture.height, picture.width, 3)
        picture.pixels.max()
        return []
    video = decoder.video(io.BytesIO(data))
    try:
        for number, frame in enumerate(video.frames()):
            if number % 3 == 0:
                _shown(frame)
            if number > _MOST_FRAMES:
                break
    finally:
        video.close()
    return video.troubles


def _shown(frame) -> None:
    try:
        frame.picture().max()
    except UnreadableMedia as error:
        assert error.reason


def _class(reason: str) -> str:
    """A reason without what differs from file to file."""
    for word in (
        "truncated",
        "damaged",
        "crashed",
        "took longer",
        "needed more",
        "more than the limit",
        "not a picture",
    ):
        if word in reason:
            return word
    return reason if len(reason) < 40 else reason[:40]


def _resident(process: str) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096 / 1e6
    except (OSError, IndexError):
        return 0.0


def _slope(held: list[float]) -> float:
    settled = held[_SETTLED:]
    if len(settled) < _SETTLED:
        return 0.0
    return float(np.polyfit(np.arange(len(settled)), settled, 1)[0]) * 1000


def main() -> None:
    """Print what became of the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    outcome = run(options.files, seed=options.seed, say=True)
    for kind in sorted(outcome.decoded.keys() | outcome.refused.keys()):
        sys.stdout.write(f"{kind:14} decoded {outcome.decoded[kind]:5}   refused {outcome.refused[kind]:5}\n")
    for reason, number in outcome.reasons.most_common():
        sys.stdout.write(f"{number:6}  {reason}\n")
    (parent, child), most = outcome.growth, max(map(max, outcome.children.values()))
    sys.stdout.write(
        f"{outcome.files} files, {sum(outcome.decoded.values())} decoded, {sum(outcome.refused.values())} refused\n"
        f"memory: parent {outcome.parent[-1]:.0f} MB, {parent:+.1f} MB per 1000 files; decoder at most "
        f"{most:.0f} MB, {child:+.1f} MB per 1000; {len(outcome.children)} decoders\n"
        f"slowest: {outcome.slowest[0]:.1f} s, {outcome.slowest[1]}\n"
    )


if __name__ == "__main__":
    main()
