"""Turns a command into one of the services' own programs, as the Procfile's lines and `triage up` run them."""

import os
import sys
from typing import NoReturn


def become(module: str, *arguments: str) -> NoReturn:
    """Replace this process by `python -m module`, so that signals and exit codes are those of the service itself."""
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 (our own modules; no shell)
