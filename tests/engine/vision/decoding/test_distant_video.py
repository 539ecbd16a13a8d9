"""Videos decoded in a process apart show the same frames as decoded here, and end where their decoder does."""

import io
import os
import signal
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from engine.vision.decoding.decoder import Decoder
from engine.vision.decoding.process import Limits
from engine.vision.errors import DecoderLost, UnreadableMedia
from engine.vision.video import open_video
from engine.vision.video_types import Video
from tests.engine.vision.decoding.mutations import ANIMATIONS, FILMS, originals

LIMIT = 1_000_000
KINDS = [*FILMS, *(f"moving {kind}" for kind in ANIMATIONS)]


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(Limits(LIMIT, 512 << 20, 30))
    yield decoder
    decoder.close()


def seen(video: Video, start_ms: int = 0) -> list[tuple[int, bytes, bytes]]:
    return [(frame.time_ms, frame.glance.tobytes(), frame.picture().tobytes()) for frame in video.frames(start_ms)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_video_is_the_same_as_decoded_here(decoder: Decoder, kind: str) -> None:
    here = open_video(io.BytesIO(originals()[kind]), max_pixels=LIMIT)
    with closing(decoder.video(io.BytesIO(originals()[kind]))) as there:
        assert seen(there) == (frames := seen(here))
        assert len(frames) > 1
        assert seen(there, frames[1][0]) == frames[1:]
        for name in ("format", "width", "height", "duration_ms", "captured_at", "troubles"):
            assert getattr(there, name) == getattr(here, name), name


def test_what_is_no_video_is_refused_and_its_decoder_kept(decoder: Decoder) -> None:
    decoder.start()
    before = decoder.processes()
    with pytest.raises(UnreadableMedia, match="not a picture or video"):
        decoder.video(io.BytesIO(b"nothing"))
    assert decoder.processes() == before


def test_a_decoder_serves_one_video_at_a_time(decoder: Decoder) -> None:
    with (
        closing(decoder.video(io.BytesIO(originals()["mp4"]))) as first,
        closing(decoder.video(io.BytesIO(originals()["matroska"]))) as second,
    ):
        pairs = zip(first.frames(), second.frames(), strict=True)
        assert all(one.picture().shape == other.picture().shape for one, other in pairs)


def test_a_frame_that_is_over_is_not_taken_for_another(decoder: Decoder) -> None:
    with closing(decoder.video(io.BytesIO(originals()["mp4"]))) as video:
        frames = video.frames()
        first = next(frames)
        next(frames)
        with pytest.raises(RuntimeError, match="gone on"):
            first.picture()


def test_a_film_whose_decoder_crashes_ends_there_and_says_so(decoder: Decoder) -> None:
    with closing(decoder.video(io.BytesIO(originals()["mp4"]))) as video:
        frames = video.frames()
        shown = next(frames).picture()
        os.kill(_decoder_of(video), signal.SIGSEGV)
        assert not list(frames)
        assert video.troubles == ["its decoder crashed (SIGSEGV) at 0:00; what follows cannot be read"]
    assert np.any(shown)
    assert decoder.still(originals()["PNG"]).format == "PNG"


def test_a_picture_that_crashes_its_decoder_ends_the_film(decoder: Decoder) -> None:
    with closing(decoder.video(io.BytesIO(originals()["mp4"]))) as video:
        frames = video.frames()
        frame = next(frames)
        os.kill(_decoder_of(video), signal.SIGSEGV)
        with pytest.raises(UnreadableMedia):
            frame.picture()
        assert not list(frames)
        assert len(video.troubles) == 1


def test_a_decoder_killed_from_outside_is_no_end_of_the_film(decoder: Decoder) -> None:
    with closing(decoder.video(io.BytesIO(originals()["mp4"]))) as video:
        frames = video.frames()
        next(frames)
        os.kill(_decoder_of(video), signal.SIGKILL)
        with pytest.raises(DecoderLost):
            list(frames)


class Broken(io.BytesIO):
    """A file on a disk that fails."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size > 1024:
            raise OSError("the disk is gone")
        return super().read(size)


def test_what_goes_wrong_in_the_file_is_raised_as_it_is(decoder: Decoder) -> None:
    with (
        pytest.raises(OSError, match="the disk is gone"),
        closing(decoder.video(Broken(originals()["mp4"] * 3))) as video,
    ):
        list(video.frames())
    assert decoder.still(originals()["PNG"]).format == "PNG"


def _decoder_of(video: Video) -> int:
    return video._process.pid  # type: ignore[attr-defined]
