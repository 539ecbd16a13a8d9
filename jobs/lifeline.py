"""The tie between a service and the `triage up` that started it: when the parent is gone, the service ends too."""

import argparse
import ctypes
import os
import signal
import sys

# prctl(2): the signal that the kernel sends to this process when its parent ends; it survives execve.
_PR_SET_PDEATHSIG = 1


def service_parser(description: str) -> argparse.ArgumentParser:
    """A parser with the one option that every service has: `--parent PID`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--parent", type=int, help="the process whose end is also the end of this one")
    return parser


def end_with_parent(parent: int | None) -> None:
    """Ask the kernel for SIGTERM when process `parent` ends, even by kill -9; without a parent, do nothing.

    Linux only; elsewhere the parent's own clean-up is all there is.
    """
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # It ended before the kernel knew.
        raise SystemExit(0)
