"""An object of the vault can be read from anywhere, and an altered place is found when it is read."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.records.custody import container
from engine.records.custody.plain_file import PlainFile
from engine.records.errors import VaultError

ADDRESS = "ab" * 32
KEY = bytes(range(32))
SMALL = 16


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "CHUNK", SMALL)
        yield


def sealed(data: bytes) -> bytes:
    target = io.BytesIO()
    container.seal(iter([data[at : at + SMALL] for at in range(0, len(data), SMALL)]), target, KEY, ADDRESS)
    return target.getvalue()


def plain(raw: bytes, size: int) -> io.BufferedReader:
    return io.BufferedReader(PlainFile(io.BytesIO(raw), size, KEY, ADDRESS), buffer_size=1)


@given(st.binary(max_size=5 * SMALL), st.lists(st.tuples(st.integers(0, 6 * SMALL), st.integers(0, 6 * SMALL))))
def test_any_place_reads_as_in_the_plain_content(data: bytes, places: list[tuple[int, int]]) -> None:
    file, content = plain(sealed(data), len(data)), io.BytesIO(data)
    for place, size in places:
        file.seek(place)
        content.seek(place)
        assert file.read(size) == content.read(size)
    assert file.seek(0, io.SEEK_END) == len(data)


@given(st.binary(min_size=1, max_size=4 * SMALL), st.data())
def test_an_altered_chunk_is_found_and_the_others_are_read(data: bytes, draw: st.DataObject) -> None:
    raw, number = bytearray(sealed(data)), draw.draw(st.integers(0, (len(data) - 1) // SMALL))
    raw[4 + number * (SMALL + 16)] ^= 1
    file = plain(bytes(raw), len(data))
    for place in range(0, len(data), SMALL):
        file.seek(place)
        if place // SMALL == number:
            with pytest.raises(VaultError):
                file.read(1)
        else:
            assert file.read(SMALL) == data[place : place + SMALL]


def test_an_object_that_was_cut_short_is_found() -> None:
    with pytest.raises(VaultError):
        plain(sealed(bytes(3 * SMALL))[: -SMALL - 16], 3 * SMALL).read()


def test_there_is_nothing_before_the_beginning() -> None:
    with pytest.raises(ValueError, match="before the beginning"):
        plain(sealed(b"film"), 4).raw.seek(-1)
