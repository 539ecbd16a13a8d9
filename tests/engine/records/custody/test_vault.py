"""Tests of the vault: one object per content, owners, erasure, and what a crash leaves behind."""

import io
import os
import signal
import stat
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.records.custody import container
from engine.records.errors import ContentChanged, VaultError
from engine.records.schema import VaultObject
from tests.engine.records.records_world import KEYS, World

PICTURE = b"a picture of nobody"


def files(world: World) -> list[Path]:
    return sorted(path for path in world.vault.folder.rglob("*") if path.is_file())


def test_a_content_comes_back_and_its_file_tells_nothing_of_it(world: World) -> None:
    with world.database.write() as session:
        address = world.vault.put(session, PICTURE, owner="M1")
    with world.database.read() as session:
        assert world.vault.read(session, address) == PICTURE
    (file,) = files(world)
    assert PICTURE not in file.read_bytes()
    assert address not in str(file)


def test_files_and_folders_are_private(world: World) -> None:
    with world.database.write() as session:
        world.vault.put(session, PICTURE, owner="M1")
    (file,) = files(world)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_same_content_is_one_object_with_two_owners(world: World) -> None:
    with world.database.write() as session:
        first = world.vault.put(session, PICTURE, owner="M1")
        second = world.vault.put(session, io.BytesIO(PICTURE), owner="E1")
        world.vault.own(session, first, "E1")
        assert world.vault.owners(session, first) == ["M1", "E1"]
    assert first == second == world.vault.address_of(PICTURE)
    assert len(files(world)) == 1


def test_the_last_release_removes_key_and_file_and_no_earlier_one_does(world: World) -> None:
    with world.database.write() as session:
        address = world.vault.put(session, PICTURE, owner="M1")
        world.vault.own(session, address, "E1")
        assert not world.vault.release(session, address, "M1")
    assert len(files(world)) == 1
    with world.database.write() as session:
        assert world.vault.release(session, address, "E1")
    assert files(world) == []
    with world.database.read() as session, pytest.raises(VaultError, match="holds no object"):
        world.vault.read(session, address)


def test_a_release_that_is_rolled_back_loses_nothing(world: World) -> None:
    with world.database.write() as session:
        address = world.vault.put(session, PICTURE, owner="M1")
    with pytest.raises(RuntimeError), world.database.write() as session:
        world.vault.release(session, address, "M1")
        raise RuntimeError
    with world.database.read() as session:
        assert world.vault.read(session, address) == PICTURE


def test_a_content_stored_again_after_its_release_has_a_key_of_its_own(world: World) -> None:
    with world.database.write() as session:
        address = world.vault.put(session, PICTURE, owner="M1")
        before = session.get_one(VaultObject, address).wrapped_key
        world.vault.release(session, address, "M1")
        world.vault.put(session, PICTURE, owner="M2")
        after = session.get_one(VaultObject, address).wrapped_key
    assert container.unwrap(before, KEYS.vault, address) != container.unwrap(after, KEYS.vault, address)
    with world.database.read() as session:
        assert world.vault.read(session, address) == PICTURE
    assert len(files(world)) == 1


def test_a_large_content_is_read_in_chunks(world: World) -> None:
    data = os.urandom(2 * container.CHUNK + 5)
    with world.database.write() as session:
        address = world.vault.put(session, io.BytesIO(data), owner="M1")
    with world.database.read() as session:
        assert [len(chunk) for chunk in world.vault.open(session, address)] == [container.CHUNK, container.CHUNK, 5]
        assert world.vault.read(session, address) == data


def test_a_content_that_changes_between_its_two_readings_is_refused(world: World) -> None:
    digest = world.vault.digest(b"before")
    with pytest.raises(ContentChanged):
        world.vault.seal(b"after!", digest)
    assert files(world) == []


def test_the_file_of_one_object_in_the_place_of_another_is_found(world: World) -> None:
    with world.database.write() as session:
        addresses = [world.vault.put(session, data, owner="M1") for data in (b"one", b"two")]
        first, second = (session.get_one(VaultObject, address).file for address in addresses)
    (world.vault.folder / first).write_bytes((world.vault.folder / second).read_bytes())
    with world.database.read() as session, pytest.raises(VaultError, match="altered"):
        world.vault.read(session, addresses[0])


def test_a_missing_file_is_named(world: World) -> None:
    with world.database.write() as session:
        address = world.vault.put(session, PICTURE, owner="M1")
    (file,) = files(world)
    file.unlink()
    with world.database.read() as session, pytest.raises(VaultError, match="No such file") as error:
        world.vault.read(session, address)
    assert str(file) in error.value.hint


def test_a_vault_without_room_says_so(world: World) -> None:
    world.vault.folder.rmdir()
    world.vault.folder.touch()
    with world.database.write() as session, pytest.raises(VaultError, match="cannot be written"):
        world.vault.put(session, PICTURE, owner="M1")


def test_a_sweep_removes_old_files_without_a_row_and_nothing_else(world: World) -> None:
    with world.database.write() as session:
        address = world.vault.put(session, PICTURE, owner="M1")
    orphan = world.vault.seal(b"orphan", world.vault.digest(b"orphan"))
    with world.database.write() as session:
        assert world.vault.sweep(session, older_than=timedelta(hours=1)) == []
        assert world.vault.sweep(session, older_than=timedelta(0)) == [world.vault.folder / orphan.name]
        assert world.vault.read(session, address) == PICTURE


def test_a_kill_between_file_and_row_leaves_only_an_orphan_file(world: World) -> None:
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from engine.records.database import Database
        from engine.records.custody.vault import Vault
        from tests.engine.records.records_world import KEYS

        vault = Vault(Path(sys.argv[2]), KEYS)
        with Database.open(sys.argv[1]).bind(KEYS, 1).write() as session:
            vault.put(session, b"a picture of nobody", owner="M1")
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    url = world.database.engine.url.render_as_string()
    killed = subprocess.run(
        [sys.executable, "-c", script, url, world.vault.folder], cwd=Path(__file__).parents[4], timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(files(world)) == 1
    with world.database.write() as session:
        assert session.scalar(select(func.count()).select_from(VaultObject)) == 0
        address = world.vault.put(session, PICTURE, owner="M1")
        assert world.vault.read(session, address) == PICTURE
        assert len(world.vault.sweep(session, older_than=timedelta(0))) == 1
    assert len(files(world)) == 1


def test_a_large_content_can_be_read_from_anywhere(world: World) -> None:
    data = bytes(range(256)) * 10_000
    with world.database.write() as session:
        address = world.vault.put(session, data, owner="M1")
        file = world.vault.file(session, address)
    with file:
        for place in (2_000_000, 5, len(data) - 3):
            file.seek(place)
            assert file.read(100_000) == data[place : place + 100_000]
