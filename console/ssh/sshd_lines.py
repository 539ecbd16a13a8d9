"""What sshd is given: the part of its configuration, and for each key the line that binds it to its user."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from engine.records.schema import UserKey

#: What a terminal needs to be drawn on; everything else that the other side sends is dropped.
_KEPT = {"TERM": "dumb", "LANG": "C.UTF-8", "COLORTERM": "", "SSH_ORIGINAL_COMMAND": ""}


@dataclass(frozen=True, slots=True)
class Program:
    """How sshd starts this program: its file, and the home and settings file it works with."""

    file: Path
    home: Path
    config: Path | None = None

    @property
    def variables(self) -> str:
        """The program's own settings, as `env` takes them, for a shell."""
        named = {"TRIAGE_HOME": self.home} | ({} if self.config is None else {"TRIAGE_CONFIG": self.config})
        return " ".join(f"{name}={shlex.quote(str(value))}" for name, value in named.items())


def installed_program(home: Path, config: Path | None = None) -> Program:
    """The program that runs now, as it is installed."""
    return Program(Path(sys.executable).with_name("triage"), home, config)


def key_line(key: UserKey, program: Program) -> str:
    """The line of an authorized_keys file for one key: whatever is asked for, this program's session is what runs.

    The environment starts empty, so that nothing the other side sends reaches the program but a terminal's name.
    """
    kept = " ".join(f'{name}="${{{name}:-{unset}}}"' for name, unset in _KEPT.items())
    command = (
        f"exec /usr/bin/env -i PATH=/usr/bin:/bin {kept} {program.variables}"
        f" {shlex.quote(str(program.file))} ssh session {key.id}"
    )
    quoted = command.replace('"', '\\"')
    return f'restrict,pty,command="{quoted}" {key.type} {key.blob}'


def sshd_part(account: str, program: Program) -> str:
    """The part of sshd_config for the account that all users share."""
    command = f"/usr/bin/env {program.variables} {shlex.quote(str(program.file))} ssh authorized-keys %t %k"
    return f"""\
# Triage: everybody signs in to the account {account} with a key of their own, and gets what their role may do.
# Put this at the end of sshd_config, check it with `sshd -t`, and reload sshd.
Match User {account}
    AuthorizedKeysCommand {command}
    AuthorizedKeysCommandUser {account}
    AuthorizedKeysFile none
    AuthenticationMethods publickey
    PermitTTY yes
    DisableForwarding yes
    PermitTunnel no
    PermitUserRC no
    PermitListen none
    PermitOpen none
"""
