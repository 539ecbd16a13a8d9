"""A decoder that does to itself what a pixmap's comment says: `P6 1 1 255` with `# do: hang`, and so on."""

import ctypes
import os
import re
import signal
import socket
import sys
import time

from engine.vision.decoding import child
from engine.vision.media import Still

_ORDER = re.compile(rb"# do: (\w+)")
_open_still = child.open_still


def order(what: str) -> bytes:
    """A picture that makes this decoder do something."""
    return b"P6 # do: " + what.encode() + b"\n1 1 255\n\x01\x02\x03"


def obedient(data: bytes, *, max_pixels: int) -> Still:
    if found := _ORDER.search(data[:100]):
        _DEEDS[found[1].decode()]()
    return _open_still(data, max_pixels=max_pixels)


def _segfault() -> None:
    ctypes.string_at(0)


def _hang() -> None:
    while True:
        pass


def _sleep() -> None:
    time.sleep(3600)


def _eat() -> None:
    held = []
    while True:
        held.append(bytearray(1 << 26))


def _killed() -> None:

    signal.raise_signal(signal.SIGKILL)


def _exit() -> None:
    os._exit(7)


def _lie() -> None:
    _say({"format": "PPM", "width": 40_000, "height": 40_000, "facts": [], "captured_at": None})


def _babble() -> None:
    descriptor = int(sys.argv[1])
    os.write(descriptor, b"\xff" * 4096)


def _shrink() -> None:
    """Gives pixels in a file that is not sealed, so that it could be cut off under its reader."""
    file = os.memfd_create("unsealed", os.MFD_ALLOW_SEALING)
    os.ftruncate(file, 3)
    _say({"format": "PPM", "width": 1, "height": 1, "facts": [], "captured_at": None}, file)


def _network() -> None:
    _report(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))


def _unix() -> None:
    _report(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))


def _program() -> None:
    _report(lambda: os.execv("/bin/true", ["true"]))


def _fork() -> None:
    _report(os.fork)


def _read() -> None:
    _report(lambda: open("/etc/hostname", "rb").close())  # noqa: PTH123


def _write() -> None:
    _report(lambda: open("/tmp/written-by-a-decoder", "wb").close())  # noqa: PTH123


def _report(deed: object) -> None:
    """Refuse the picture with the error that the deed met, if it met one."""
    try:
        deed()  # type: ignore[operator]
    except OSError as error:
        raise child.UnreadableMedia(f"not allowed: {error.strerror}") from error
    raise child.UnreadableMedia("allowed")


def _say(words: dict[str, object], file: int | None = None) -> None:
    child.Channel(socket.socket(fileno=os.dup(int(sys.argv[1])))).send(words, file=file)


_DEEDS = {
    "segfault": _segfault,
    "hang": _hang,
    "sleep": _sleep,
    "eat": _eat,
    "killed": _killed,
    "exit": _exit,
    "lie": _lie,
    "babble": _babble,
    "shrink": _shrink,
    "network": _network,
    "unix": _unix,
    "program": _program,
    "fork": _fork,
    "read": _read,
    "write": _write,
}

if __name__ == "__main__":
    child.open_still = obedient
    child.main()
