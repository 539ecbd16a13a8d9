"""What the tests of the jobs share: a Redis server to kill, and a way to wait for something."""

import subprocess
import time
from collections.abc import Callable

from redis import Redis

from config.paths import Paths
from config.settings import Settings
from jobs.connection import connect
from jobs.errors import RedisDown
from jobs.redis_server import find_server, server_command


class Server:
    """A Redis server of the embedded kind that a test may kill and start again."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        self.settings, self.paths = settings, paths
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Redis:
        self.process = subprocess.Popen(server_command(find_server(), self.paths), stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while True:
            try:
                return connect(self.settings, self.paths)
            except RedisDown:
                assert time.monotonic() < until, "Redis did not come up"
                time.sleep(0.02)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def wait_until(condition: Callable[[], object], seconds: float = 20.0) -> float:
    """Wait for a condition and give the seconds it took; fails when it does not come true in time."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - start
