"""Tells the C library to keep the memory that the networks free, because they need it again at once.

By default glibc returns large buffers to the kernel at every free, and the kernel clears every page again when it is
touched next. For a picture of 1280 x 960 that is a quarter of the detector's time.
"""

import ctypes

# The parameters' numbers in glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4
_KEPT = 512 * 2**20
_GROWTH = 64 * 2**20


def keep_freed_memory() -> None:
    """Let the process keep up to 512 MiB of freed memory; does nothing where the C library is not glibc."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
        mallopt(_M_TOP_PAD, _GROWTH)
