"""How the threads of numerical libraries wait, which those libraries read from the environment when they are loaded."""

import os

# The OpenMP standard's variable, which every runtime reads; torch's builds for Linux carry GNU's. LLVM's and Intel's go
# on spinning for so many milliseconds all the same.
_PASSIVE = {"OMP_WAIT_POLICY": "passive", "KMP_BLOCKTIME": "0"}


def wait_passively() -> None:
    """Let threads sleep between two networks instead of spinning, which would take the cores from other workers.

    To be called before torch is loaded; a variable that is set already stays as it is.
    """
    for name, value in _PASSIVE.items():
        os.environ.setdefault(name, value)
