"""Where an embedded deployment keeps its files, all of them private to one account."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from config.errors import UnsafeFolder

# Fixed, not taken from XDG_RUNTIME_DIR or TMPDIR: a service and a console over SSH see different values of those, and
# both must meet at the same socket. `Paths.create` refuses a folder that somebody else made there.
_RUNTIME_ROOT = Path("/tmp")  # noqa: S108


@dataclass(frozen=True, slots=True)
class Paths:
    """Every path of the deployment whose state lives in `home`."""

    home: Path

    @property
    def settings_file(self) -> Path:
        """The settings file that is read when TRIAGE_CONFIG names no other."""
        return self.home / "triage.toml"

    @property
    def database(self) -> Path:
        """The records, unless a database URL is set."""
        return self.home / "triage.sqlite3"

    @property
    def vault(self) -> Path:
        """The encrypted media and crops."""
        return self.home / "vault"

    @property
    def index(self) -> Path:
        """The face index's files; they can be rebuilt from the records."""
        return self.home / "index"

    @property
    def models(self) -> Path:
        """The imported models, each file named after the SHA-256 of its content."""
        return self.home / "models"

    @property
    def master_key(self) -> Path:
        """The key that wraps the vault's keys: without it the vault cannot be read."""
        return self.home / "keys" / "master.key"

    @property
    def redis_dir(self) -> Path:
        """The data of the embedded Redis."""
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        """The services' logs."""
        return self.home / "logs"

    @property
    def demo_marker(self) -> Path:
        """The file that says that this home holds a demonstration and no real referral."""
        return self.home / "DEMO"

    @property
    def runtime(self) -> Path:
        """The folder of the sockets: short, because a socket's path may hold about 100 bytes only."""
        digest = hashlib.sha256(os.fsencode(self.home.absolute())).hexdigest()
        return _RUNTIME_ROOT / f"triage-{os.getuid()}-{digest[:12]}"

    @property
    def redis_socket(self) -> Path:
        """The socket of the embedded Redis."""
        return self.runtime / "redis.sock"

    def heartbeat(self, process: str) -> Path:
        """The file that the named process touches while it is alive."""
        return self.home / "heartbeats" / process

    def create(self) -> None:
        """Make every folder with access for its owner only; raises UnsafeFolder where somebody else holds one."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        heartbeats = self.heartbeat("any").parent
        keys = self.master_key.parent
        for folder in (self.vault, self.index, self.models, keys, self.redis_dir, self.logs, heartbeats):
            _make_private(folder)
        _make_private(self.runtime)


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
        raise UnsafeFolder(
            f"{folder} is not a folder that only this account can open.",
            f"Look at who made it, then remove it or correct it: chmod 700 {folder}",
        )
