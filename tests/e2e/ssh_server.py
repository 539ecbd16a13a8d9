"""A real sshd on the loopback, configured with what `triage ssh install --print` writes, and a real ssh client."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.console.cli.program import Installed

_SECONDS = 60


@dataclass(frozen=True)
class Client:
    """The ssh client of one person; `ssh` and `sftp` as they are installed, with this key and nothing else."""

    folder: Path
    port: int
    key: Path

    @property
    def options(self) -> list[str]:
        """What every call is given: nothing of the account's own configuration or agent."""
        settings = ("IdentitiesOnly=yes", "BatchMode=yes", f"UserKnownHostsFile={self.folder}/known", "LogLevel=ERROR")
        accept = ("StrictHostKeyChecking=accept-new", "ConnectTimeout=20", "ExitOnForwardFailure=yes")
        named = [part for setting in (*settings, *accept) for part in ("-o", setting)]
        return ["-F", "none", "-i", str(self.key), *named]

    def command(self, *words: str, options: tuple[str, ...] = ()) -> list[str]:
        """The command line of ssh for these words on the other side."""
        return ["ssh", *self.options, "-p", str(self.port), *options, f"{getpass.getuser()}@127.0.0.1", *words]

    def __call__(
        self, *words: str, options: tuple[str, ...] = (), stdin: bytes = b"", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ssh and wait for its end."""
        done = subprocess.run(
            self.command(*words, options=options),
            input=stdin,
            capture_output=True,
            timeout=_SECONDS,
            env=os.environ | variables,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        )


@dataclass(frozen=True)
class SshServer:
    """The running sshd of one home."""

    folder: Path
    port: int
    triage: Installed

    def person(self, name: str, role: str) -> Client:
        """Add a user with a new key; the client that signs in with it."""
        client = self.stranger(name)
        added = self.triage("user", "add", name, "--role", role, "--key", client.key.with_suffix(".pub"))
        assert added.code == 0, added.err
        return client

    def stranger(self, name: str) -> Client:
        """A client whose key nobody has added."""
        key = self.folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key], check=True)
        return Client(self.folder, self.port, key)


@contextmanager
def ssh_server(folder: Path, triage: Installed) -> Iterator[SshServer]:
    """An sshd that lets people in by the keys of this home; it accepts every variable, to show that none gets in."""
    host_key, settings, log = folder / "host_key", folder / "sshd_config", folder / "sshd.log"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host_key], check=True)
    port = _free_port()
    part = triage("ssh", "install", "--print")
    assert part.code == 0, part.err
    settings.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host_key}\nPidFile none\nUsePAM no\nAcceptEnv *\n"
        f"StrictModes no\nPermitRootLogin yes\nLogLevel VERBOSE\n"
        "Subsystem sftp internal-sftp\n" + part.out
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen([_sshd(), "-D", "-f", str(settings), "-E", str(log)])
    try:
        _wait_for(port, log)
        yield SshServer(folder, port, triage)
    finally:
        server.terminate()
        server.wait(timeout=10)


def why_not() -> str | None:
    """Why no sshd can be run here; none where one can."""
    if not _sshd() or shutil.which("ssh") is None:
        return "openssh-server and openssh-client are not installed; the tests sign in with them"
    if os.geteuid() != 0:
        return "only root can run an sshd whose AuthorizedKeysCommand is asked"
    return None


def _sshd() -> str:
    return shutil.which("sshd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin") or ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + 20
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        said = log.read_text() if log.exists() else ""
        assert time.monotonic() < end, f"sshd did not start: {said}"
        time.sleep(0.05)
