"""Tests of how one object is encrypted."""

import io
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.records.custody import container
from engine.records.errors import VaultError

ADDRESS = "ab" * 32
KEY = bytes(range(32))
HEADER = 4
SMALL = 16
SEALED = SMALL + 16


@pytest.fixture(autouse=True, scope="module")
def small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "CHUNK", SMALL)
        yield


def sealed(data: bytes, address: str = ADDRESS, key: bytes = KEY) -> bytes:
    target = io.BytesIO()
    container.seal(iter([data[at : at + SMALL] for at in range(0, len(data), SMALL)]), target, key, address)
    return target.getvalue()


def unsealed(raw: bytes, address: str = ADDRESS, key: bytes = KEY) -> bytes:
    return b"".join(container.unseal(io.BytesIO(raw), key, address))


@given(st.binary(max_size=5 * SMALL))
def test_what_was_sealed_comes_back(data: bytes) -> None:
    assert unsealed(sealed(data)) == data


@given(st.binary(min_size=1, max_size=4 * SMALL), st.data())
def test_one_altered_bit_is_found(data: bytes, draw: st.DataObject) -> None:
    raw = bytearray(sealed(data))
    raw[draw.draw(st.integers(0, len(raw) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    with pytest.raises(VaultError):
        unsealed(bytes(raw))


@given(st.binary(max_size=4 * SMALL), st.data())
def test_a_cut_off_end_is_found_wherever_it_is_cut(data: bytes, draw: st.DataObject) -> None:
    raw = sealed(data)
    with pytest.raises(VaultError):
        unsealed(raw[: draw.draw(st.integers(0, len(raw) - 1))])


def chunks(raw: bytes) -> list[bytes]:
    return [raw[at : at + SEALED] for at in range(HEADER, len(raw), SEALED)]


REARRANGED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "exchanged": lambda chunks: [chunks[1], chunks[0], *chunks[2:]],
    "repeated": lambda chunks: [chunks[0], *chunks],
    "left out": lambda chunks: [chunks[0], *chunks[2:]],
    "cut at a chunk": lambda chunks: chunks[:-1],
    "continued": lambda chunks: [*chunks, chunks[-1]],
}


@pytest.mark.parametrize("how", sorted(REARRANGED))
def test_rearranged_chunks_are_found(how: str) -> None:
    raw = sealed(bytes(4 * SMALL))
    with pytest.raises(VaultError):
        unsealed(raw[:HEADER] + b"".join(REARRANGED[how](chunks(raw))))


def test_a_container_at_another_address_or_under_another_key_does_not_open() -> None:
    with pytest.raises(VaultError):
        unsealed(sealed(b"picture"), address="cd" * 32)
    with pytest.raises(VaultError):
        unsealed(sealed(b"picture"), key=bytes(32))


def test_a_chunk_of_another_object_under_the_same_key_does_not_fit() -> None:
    ours, theirs = sealed(b"a" * 2 * SMALL), sealed(b"b" * 2 * SMALL, address="cd" * 32)
    with pytest.raises(VaultError):
        unsealed(ours[: HEADER + SEALED] + theirs[HEADER + SEALED :])


def test_an_unknown_version_is_named_as_such() -> None:
    raw = sealed(b"picture")
    with pytest.raises(VaultError, match="not in a form"):
        unsealed(raw[:3] + b"\x02" + raw[4:])


def test_a_wrapped_key_opens_for_its_own_address_only() -> None:
    key = container.new_key()
    wrapped = container.wrap(key, KEY, ADDRESS)
    assert key not in wrapped
    assert container.unwrap(wrapped, KEY, ADDRESS) == key
    for altered, wrapping, address in (
        (wrapped, KEY, "cd" * 32),
        (wrapped, bytes(32), ADDRESS),
        (wrapped[:-1], KEY, ADDRESS),
        (b"", KEY, ADDRESS),
    ):
        with pytest.raises(VaultError, match="key"):
            container.unwrap(altered, wrapping, address)
