"""What a decoder gives up before it sees the first file: memory, files, network, other programs, and its own life.

Nothing here needs root. What a kernel cannot do is left out and said, for decoding is not to stop there.
"""

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from pathlib import Path

from engine.vision.decoding import landlock, seccomp

# prctl(2): the signal at the end of the parent; no more rights through other programs.
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_FILES = 64
_ROOT = Path(__file__).parents[3]


def end_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when its parent ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # It ended before the kernel knew.
        sys.exit(0)


def confine(*, memory: int, largest_file: int) -> list[str]:
    """Give up what decoding does not need, for good; what the kernel could do of it.

    memory: bytes beyond what is held now; largest_file: bytes of the largest file in memory that may be written.
    """
    held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    for limit, value in (
        (resource.RLIMIT_AS, held + memory),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = ["limits"]
    if landlock.shut_off(_code()):
        done.append("landlock")
    if seccomp.give_up_calls():
        done.append("seccomp")
    return done


def _code() -> list[Path]:
    """Where the code lies: a codec may still have to be imported, at the first file that needs it."""
    libraries = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    return [*map(Path, libraries), *(_ROOT / package for package in ("config", "engine"))]
