"""Landlock: a process gives up the file system and the network for good, without being root (Linux 5.13 and later).

Numbers and structures are those of the kernel's include/uapi/linux/landlock.h; they are the same on every processor.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# How many kinds of access to files each version of Landlock knows, from the first on.
_FILE_ACCESSES = (13, 14, 15, 15, 16)
# Since the fourth: to bind and to connect over TCP. Since the sixth: sockets and signals to outside.
_NET, _NET_SINCE = 0b11, 4
_SCOPES, _SCOPES_SINCE = 0b11, 6


def shut_off(readable: Iterable[Path]) -> bool:
    """Leave this process nothing of the file system but to read below some folders; whether the kernel can.

    NO_NEW_PRIVS has to be set before.
    """
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    attributes = struct.pack("=Q", (1 << _FILE_ACCESSES[min(version, len(_FILE_ACCESSES)) - 1]) - 1)
    if version >= _NET_SINCE:
        attributes += struct.pack("=Q", _NET)
    if version >= _SCOPES_SINCE:
        attributes += struct.pack("=Q", _SCOPES)
    rules = library.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for folder in readable:
            with suppress(FileNotFoundError):
                _allow(library, rules, folder)
        return bool(library.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(library: ctypes.CDLL, rules: int, folder: Path) -> None:
    place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        library.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", _READ_FILE | _READ_DIR, place), 0)
    finally:
        os.close(place)
