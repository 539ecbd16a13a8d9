"""What a program that sshd starts is told, and what it must be told again: command and settings file."""

import os
from collections.abc import Mapping
from pathlib import Path

from config.provenance import CONFIG_VARIABLE


def asked_over_ssh(env: Mapping[str, str] | None = None) -> str | None:
    """The command line that came with the connection (`ssh unit triage health`); none where only a terminal is asked.

    It is whatever the other side typed: data, never to be given to a shell.
    """
    asked = (os.environ if env is None else env).get("SSH_ORIGINAL_COMMAND", "").strip()
    return asked or None


def settings_file_named(env: Mapping[str, str] | None = None) -> Path | None:
    """The settings file that this process was told to read; none where it reads the one in the home, if any."""
    named = (os.environ if env is None else env).get(CONFIG_VARIABLE)
    return Path(named).absolute() if named else None
