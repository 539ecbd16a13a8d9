"""Stills decoded in a process apart are the same as decoded here, and a file that ends its decoder is refused."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from engine.vision.decoding.decoder import Decoder
from engine.vision.decoding.process import Limits
from engine.vision.errors import DecoderLost, TooLittleMemory, UnreadableMedia
from engine.vision.media import decode_image
from tests.engine.vision.decoding.deadly_child import order
from tests.engine.vision.decoding.mutations import STILLS, originals

DEADLY = "tests.engine.vision.decoding.deadly_child"
GOOD = b"P6 1 1 255\n\x01\x02\x03"


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(Limits(1_000_000, 512 << 20, 30))
    yield decoder
    decoder.close()


@pytest.fixture(scope="module")
def deadly() -> Iterator[Decoder]:
    decoder = Decoder(Limits(1_000_000, 512 << 20, 1), DEADLY)
    yield decoder
    decoder.close()


def refusal(decoder: Decoder, data: bytes) -> str:
    with pytest.raises(UnreadableMedia) as caught:
        decoder.still(data)
    assert caught.value.hint is not None
    return caught.value.reason


@pytest.mark.parametrize("kind", STILLS)
def test_a_picture_is_the_same_as_decoded_here(decoder: Decoder, kind: str) -> None:
    here, there = decode_image(originals()[kind], max_pixels=1_000_000), decoder.still(originals()[kind])
    np.testing.assert_array_equal(here.pixels, there.pixels)
    assert (here.format, here.width, here.height, here.captured_at, here.facts) == (
        (there.format, there.width, there.height, there.captured_at, there.facts)
    )


def test_pixels_stay_as_they_are_when_the_next_file_is_decoded_and_can_be_written(decoder: Decoder) -> None:
    first = decoder.still(originals()["PNG"]).pixels
    before = first.copy()
    decoder.still(originals()["JPEG"])
    decoder.close()
    np.testing.assert_array_equal(first, before)
    first[0, 0] = 7


def test_refusals_keep_their_words(decoder: Decoder) -> None:
    assert refusal(decoder, b"") == "empty file"
    assert refusal(decoder, originals()["PNG"][:200]) == "truncated PNG: the file ends before the picture does"
    assert "more than the limit of 1000000 pixels" in refusal(decoder, b"P6 2000 2000 255\n")


def test_an_animation_is_told_from_a_still(decoder: Decoder) -> None:
    assert decoder.still_unless_moving(originals()["moving GIF"]) is None
    assert decoder.still_unless_moving(originals()["GIF"]) is not None


def test_several_threads_may_decode_at_once(decoder: Decoder) -> None:
    wrong: list[str] = []

    def work(kind: str) -> None:
        expected = decode_image(originals()[kind], max_pixels=1_000_000).pixels
        for _ in range(10):
            if not np.array_equal(decoder.still(originals()[kind]).pixels, expected):
                wrong.append(kind)

    threads = [threading.Thread(target=work, args=(kind,)) for kind in ("JPEG", "PNG", "WEBP")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("segfault", "its decoder crashed (SIGSEGV)"),
        ("exit", "its decoder crashed (exit code 7)"),
        ("hang", "its decoder took longer than 1 s"),
        ("lie", "its decoder gave an answer that cannot be true"),
        ("babble", "its decoder gave an answer that cannot be true"),
        ("shrink", "its decoder gave an answer that cannot be true"),
    ],
)
def test_a_file_that_is_the_end_of_its_decoder_is_refused_and_the_next_is_decoded(
    deadly: Decoder, deed: str, reason: str
) -> None:
    assert refusal(deadly, order(deed)) == reason
    assert deadly.still(GOOD).pixels.tolist() == [[[1, 2, 3]]]


def test_a_file_that_eats_memory_is_refused_and_the_next_is_decoded() -> None:
    # Time enough for a busy machine to hand the memory out.
    with closing(Decoder(Limits(1_000_000, 512 << 20, 30), DEADLY)) as decoder:
        with pytest.raises(TooLittleMemory) as caught:
            decoder.still(order("eat"))
        assert caught.value.reason == "its decoder needed more than 0.5 GB of memory"
        assert decoder.still(GOOD).width == 1


@pytest.mark.slow
def test_a_decoder_that_waits_for_nothing_is_ended(deadly: Decoder) -> None:
    assert refusal(deadly, order("sleep")) == "its decoder took longer than 1 s"


def test_a_decoder_that_is_killed_from_outside_says_nothing_of_the_file(deadly: Decoder) -> None:
    with pytest.raises(DecoderLost):
        deadly.still(order("killed"))
    assert deadly.still(GOOD).width == 1


def test_a_decoder_that_ends_between_two_files_is_replaced(deadly: Decoder) -> None:
    deadly.still(GOOD)
    [process] = deadly.processes()
    os.kill(process, signal.SIGKILL)
    deadly_until = time.monotonic() + 5
    # Ended is what its parent can collect; that its memory is gone shows a moment earlier.
    while ") Z " not in Path(f"/proc/{process}/stat").read_text() and time.monotonic() < deadly_until:
        time.sleep(0.01)
    assert deadly.still(GOOD).width == 1
    assert deadly.processes() != [process]


@pytest.mark.parametrize("deed", ["network", "unix", "program", "fork", "read", "write"])
def test_a_decoder_reaches_nothing(deadly: Decoder, deed: str) -> None:
    reason = refusal(deadly, order(deed))
    assert reason in ("not allowed: Operation not permitted", "not allowed: Permission denied"), reason


def test_a_decoder_is_told_no_setting_and_holds_no_file_of_ours(decoder: Decoder, monkeypatch) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://secret")
    own = Decoder(decoder.limits)
    with Path(__file__).open("rb"):
        own.still(GOOD)
        [process] = own.processes()
        environment = Path(f"/proc/{process}/environ").read_bytes()
        files = {str(file.readlink()) for file in Path(f"/proc/{process}/fd").iterdir()}
    own.close()
    assert b"TRIAGE" not in environment
    assert b"HOME" not in environment
    # The pixels of the last answer may still be open.
    assert {file.partition(":")[0] for file in files} <= {"/dev/null", "socket", "/memfd"}


def test_a_decoder_ends_with_whoever_started_it() -> None:
    """Here that is a thread's process which is killed, as a worker may be."""
    import subprocess
    import sys

    code = (
        "from engine.vision.decoding.decoder import Decoder; from engine.vision.decoding.process import Limits;"
        "import sys; d = Decoder(Limits(1000, 512 << 20, 30)); d.still(b'P6 1 1 255\\n\\1\\2\\3');"
        "print(*d.processes(), flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdin is not None and parent.stdout is not None
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()
    parent.kill()
    parent.wait()
    until = time.monotonic() + 5
    while Path(f"/proc/{child}/statm").exists() and Path(f"/proc/{child}/statm").read_text().split()[0] != "0":
        assert time.monotonic() < until, "the decoder lives on"
        time.sleep(0.02)
