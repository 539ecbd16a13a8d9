"""The folders of a deployment are private, and its sockets short."""

import dataclasses
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import UnsafeFolder
from config.paths import Paths


@pytest.fixture
def paths(tmp_path: Path):
    paths = Paths(tmp_path / "home")
    yield paths
    if paths.runtime.is_dir() and not paths.runtime.is_symlink():
        paths.runtime.rmdir()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_every_folder_is_made_for_its_owner_only(paths: Paths) -> None:
    paths.create()
    folders = [paths.runtime, *(path for path in paths.home.rglob("*") if path.is_dir())]
    assert {"vault", "index", "models", "keys", "redis", "logs", "heartbeats"} <= {folder.name for folder in folders}
    assert {mode(folder) for folder in [paths.home, *folders]} == {0o700}


def test_files_have_a_folder_to_be_written_to(paths: Paths) -> None:
    paths.create()
    for file in (paths.database, paths.master_key, paths.redis_socket, paths.heartbeat("keeper"), paths.demo_marker):
        file.touch()
        file.unlink()


def test_making_the_folders_twice_keeps_what_they_hold(paths: Paths) -> None:
    paths.create()
    (paths.vault / "object").write_bytes(b"kept")
    paths.create()
    assert (paths.vault / "object").read_bytes() == b"kept"


def test_a_folder_open_to_others_is_refused(paths: Paths) -> None:
    paths.create()
    paths.vault.chmod(0o755)
    with pytest.raises(UnsafeFolder, match="vault") as refusal:
        paths.create()
    assert f"chmod 700 {paths.vault}" in refusal.value.hint


def test_a_runtime_folder_that_is_a_link_is_refused(paths: Paths, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    paths.runtime.symlink_to(elsewhere)
    try:
        with pytest.raises(UnsafeFolder):
            paths.create()
    finally:
        paths.runtime.unlink()


@given(st.lists(st.text("abcdefghij/ü ", min_size=1, max_size=200), min_size=2, max_size=2, unique=True))
def test_sockets_are_short_and_each_home_has_its_own(names: list[str]) -> None:
    first, second = (Paths(Path("/srv") / name.strip("/")) for name in names)
    assert len(bytes(first.redis_socket)) < 100
    assert (first.runtime == second.runtime) == (first.home == second.home)


def test_the_runtime_folder_depends_on_nothing_but_user_and_home(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Paths(Path("/srv/triage")).runtime
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/4711")
    monkeypatch.setenv("TMPDIR", "/var/tmp")
    assert Paths(Path("/srv/triage")).runtime == before


def test_paths_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Paths(Path("/srv")).home = Path("/elsewhere")  # type: ignore[misc]
