"""Tests of the master key and the keys derived from it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.records.custody.keys import Keys, create_keys, load_keys
from engine.records.errors import KeysError


def test_a_new_key_is_private_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    keys = create_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(path) == keys
    assert list(tmp_path.iterdir()) == [path]


def test_making_a_key_never_replaces_one_even_when_many_make_it_at_once(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: create_keys(path).master, range(24)))
    assert made == {load_keys(path).master}


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    create_keys(path)
    path.chmod(0o640)
    with pytest.raises(KeysError, match="only this account"):
        load_keys(path)


def test_a_link_in_the_place_of_the_key_is_refused(tmp_path: Path) -> None:
    create_keys(tmp_path / "elsewhere.key")
    (tmp_path / "master.key").symlink_to(tmp_path / "elsewhere.key")
    with pytest.raises(KeysError, match="only this account"):
        load_keys(tmp_path / "master.key")


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"zz" * 32, b"\xff" * 32])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeysError):
        load_keys(path)


def test_a_missing_key_is_refused_with_a_warning_against_a_new_one(tmp_path: Path) -> None:
    with pytest.raises(KeysError) as refusal:
        load_keys(tmp_path / "master.key")
    assert "Never make a new one" in refusal.value.hint


def test_every_use_has_a_key_of_its_own_and_none_is_shown() -> None:
    keys = Keys(bytes(32))
    derived = {keys.master, keys.vault, keys.ledger, keys.addresses, bytes.fromhex(keys.check)}
    assert len(derived) == 5
    assert keys.master.hex() not in repr(keys)
    assert "master" not in repr(keys)


def test_a_text_and_a_content_of_the_same_bytes_hash_apart() -> None:
    keys = Keys(bytes(32))
    content = keys.hasher()
    content.update(b"words")
    assert keys.keyed_hash("words") != content.hexdigest()
    assert keys.keyed_hash("words") != Keys(bytes([1]) * 32).keyed_hash("words")
