"""Videos of every container give their frames in order, upright and with their times; damage is told, never raised."""

import io
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.vision.animation import is_animated
from engine.vision.errors import UnreadableMedia
from engine.vision.frame_times import FrameTimes
from engine.vision.video import open_video
from engine.vision.video_types import Frame, Video, clock_face
from tests.engine.vision.moving_pictures import CONTAINERS, SIZE, animated, background, encoded, placed, turned

LIMIT = 10_000_000


def opened(data: bytes) -> Video:
    return open_video(io.BytesIO(data), max_pixels=LIMIT)


def frames(data: bytes, start_ms: int = 0) -> list[Frame]:
    return list(opened(data).frames(start_ms))


def rooms(count: int) -> list[np.ndarray]:
    """Frames with a white square that moves to the right."""
    square = np.full((60, 60, 3), 255, np.uint8)
    return [placed(background(), (square, 10 * number % 400, 20)) for number in range(count)]


@pytest.fixture(scope="module")
def mp4() -> bytes:
    return encoded(rooms(40), options={"movflags": "faststart"})


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_all_frames_with_their_times(container: str) -> None:
    rate = 25 if container == "mpegts" else 10
    made = rooms(30)
    data = encoded(made, container, rate=rate)
    video = opened(data)
    assert (video.width, video.height) == SIZE
    found = list(video.frames())
    assert len(found) == 30
    np.testing.assert_allclose([frame.time_ms for frame in found], np.arange(30) * 1000 / rate, atol=2)
    for frame, pixels in zip(found, made, strict=True):
        assert np.abs(frame.picture().astype(int) - pixels).mean() < 12
    assert video.troubles == []


@pytest.mark.parametrize("container", CONTAINERS)
def test_reading_on_from_any_frame_gives_exactly_the_rest(container: str) -> None:
    data = encoded(rooms(30), container, rate=25 if container == "mpegts" else 10)
    times = [frame.time_ms for frame in frames(data)]
    for place in (1, 14, 29):
        assert [frame.time_ms for frame in frames(data, times[place])] == times[place:]


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        some = super().read(size)
        self.count += len(some)
        return some


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts", "avi"])
def test_reading_on_does_not_read_everything_again(container: str) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (500, 12, 16, 3), np.uint8)
    data = encoded((np.asarray(Image.fromarray(small).resize((160, 120))) for small in noise), container, rate=25)
    file = Counted(data)
    video = open_video(file, max_pixels=LIMIT)
    opening, file.count = file.count, 0
    assert next(video.frames(18_000)).time_ms == 18_000
    assert file.count < 0.7 * len(data) + opening


def test_frames_that_come_unevenly_keep_their_own_times() -> None:
    times = [0, 40, 50, 900, 901, 5000]
    assert [frame.time_ms for frame in frames(encoded(rooms(6), "matroska", times=times))] == times


@pytest.mark.parametrize(
    ("matrix", "upright"),
    [
        ((0, 1, -1, 0), lambda pixels: np.rot90(pixels, -1)),
        ((0, -1, 1, 0), lambda pixels: np.rot90(pixels, 1)),
        ((-1, 0, 0, -1), lambda pixels: np.rot90(pixels, 2)),
        ((-1, 0, 0, 1), np.fliplr),
    ],
    ids=["clockwise", "counter-clockwise", "upside down", "mirrored"],
)
def test_a_film_is_turned_as_it_asks(mp4: bytes, matrix, upright) -> None:
    plain = frames(mp4)[3].picture()
    video = opened(turned(mp4, matrix))
    picture = list(video.frames())[3].picture()
    np.testing.assert_array_equal(picture, upright(plain))
    assert (video.height, video.width) == picture.shape[:2]


def test_pixels_that_are_not_square_are_made_so() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.sample_aspect_ratio = 2
        output.mux(stream.encode(av.VideoFrame.from_ndarray(background(), format="rgb24")))
        output.mux(stream.encode(None))
    video = opened(file.getvalue())
    assert (video.width, video.height) == (480, 180)


@pytest.mark.parametrize("format_name", ["GIF", "WEBP", "PNG"])
def test_an_animated_picture_is_a_video(format_name: str) -> None:
    made = rooms(12)
    data = animated(made, format_name, lasts_ms=200)
    assert is_animated(data)
    found = frames(data)
    assert [frame.time_ms for frame in found] == list(range(0, 2400, 200))
    assert np.abs(found[7].picture().astype(int) - made[7]).mean() < 12
    assert [frame.time_ms for frame in frames(data, 1000)] == list(range(1000, 2400, 200))


@pytest.mark.parametrize("format_name", ["GIF", "WEBP", "PNG", "JPEG"])
def test_a_still_picture_is_none(format_name: str) -> None:
    file = io.BytesIO()
    Image.fromarray(background()).save(file, format_name)
    assert not is_animated(file.getvalue())
    assert not is_animated(file.getvalue()[: len(file.getvalue()) // 2])


def test_a_film_that_is_cut_off_gives_what_is_there_and_says_so(mp4: bytes) -> None:
    video = opened(mp4[: len(mp4) // 2])
    found = list(video.frames())
    assert 5 < len(found) < 35
    assert any("though it says it lasts 0:04" in trouble for trouble in video.troubles)


def test_what_follows_a_damaged_middle_is_read_and_the_damage_named() -> None:
    data = bytearray(encoded(rooms(60), "matroska"))
    whole = {frame.time_ms for frame in frames(bytes(data))}
    third = len(data) // 3
    data[third : third + 4000] = np.random.default_rng(1).bytes(4000)
    video = opened(bytes(data))
    found = {frame.time_ms for frame in video.frames()}
    assert found <= whole
    assert {min(whole), max(whole)} <= found
    assert any("damaged" in trouble for trouble in video.troubles)


def test_a_damaged_animation_ends_where_it_is_damaged() -> None:
    data = animated(rooms(6), "GIF")
    video = opened(data[: len(data) * 2 // 3])
    assert 1 < len(list(video.frames())) < 6
    assert any("damaged" in trouble for trouble in video.troubles)


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi", "asf", "mpegts", "flv"])
@pytest.mark.parametrize("part", [0.001, 0.05, 0.3, 0.9])
def test_any_beginning_of_a_file_is_read_or_refused_with_a_reason(container: str, part: float) -> None:
    data = encoded(rooms(20), container, rate=25)
    try:
        assert all(frame.picture().any() for frame in frames(data[: int(len(data) * part)]))
    except UnreadableMedia as refusal:
        assert refusal.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"plain words", "not a picture or video"),
        (b"\x1aE\xdf\xa3 a film", "damaged or cut off Matroska"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(2000), "damaged or cut off MP4"),
        (b"GIF89a" + bytes(30), "damaged or cut off GIF"),
    ],
)
def test_what_is_no_video_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMedia, match=reason):
        opened(data)


def test_sound_alone_is_refused() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as output:
        stream = output.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 44100
        output.mux(stream.encode(sound))
        output.mux(stream.encode(None))
    with pytest.raises(UnreadableMedia, match="without any pictures"):
        opened(file.getvalue())


def test_frames_beyond_the_limit_are_refused(mp4: bytes) -> None:
    with pytest.raises(UnreadableMedia):
        open_video(io.BytesIO(mp4), max_pixels=SIZE[0] * SIZE[1] // 2)


def test_a_film_cannot_open_other_files(tmp_path) -> None:
    secret = tmp_path / "secret.mkv"
    secret.write_bytes(encoded(rooms(3), "matroska"))
    for playlist in (f"#EXTM3U\n#EXTINF:1,\n{secret}\n", f"ffconcat version 1.0\nfile {secret}\n"):
        with pytest.raises(UnreadableMedia, match="not a picture or video"):
            opened(playlist.encode())


class BrokenDisk(io.BytesIO):
    """A file whose later part cannot be read."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 8000:
            raise InterruptedError("the disk is gone")
        return super().read(size)


def test_a_file_that_cannot_be_read_is_an_error_and_no_damage() -> None:
    data = encoded(rooms(60), "matroska")
    with pytest.raises(InterruptedError):
        list(open_video(BrokenDisk(data), max_pixels=LIMIT).frames())


@given(st.lists(st.none() | st.floats(-10, 10_000), max_size=30), st.none() | st.floats(0.0001, 500))
def test_times_only_ever_grow(said: list[float | None], rate: float | None) -> None:
    times = FrameTimes(rate)
    given_times = [times.next(seconds) for seconds in said]
    assert all(one < other for one, other in pairwise(given_times))
    assert all(time >= 0 for time in given_times)


def test_missing_times_follow_at_the_usual_rate() -> None:
    times = FrameTimes(10.0)
    assert [times.next(seconds) for seconds in (0.0, None, None, 0.1, 1.0)] == [0, 100, 200, 300, 1000]


def test_times_are_shown_as_people_read_them() -> None:
    assert [clock_face(ms) for ms in (0, 65_900, 7_209_000)] == ["0:00", "1:05", "2:00:09"]
