"""What a service that runs only once needs: a lock that a crash lets go of, and a sign of life that others watch."""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from config.paths import Paths
from jobs.errors import AlreadyRunning

log = structlog.get_logger()


@contextmanager
def only_one(lock: Path, what: str) -> Iterator[None]:
    """Hold a lock during the block; raises AlreadyRunning, with what the other process does, where one holds it."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"{what}.", "One is enough; leave it.") from error
        yield


@contextmanager
def signs_of_life(paths: Paths, name: str, seconds: float) -> Iterator[None]:
    """Touch the heartbeat of a process every so many seconds during the block, and take it away in the end."""
    over = threading.Event()
    beats = threading.Thread(target=_beat, args=(paths.heartbeat(name), seconds, over), name="heartbeat", daemon=True)
    beats.start()
    yield
    # Not after an error: the sign of a service that failed grows old, and that is seen.
    over.set()
    beats.join()
    paths.heartbeat(name).unlink(missing_ok=True)


def _beat(file: Path, seconds: float, over: threading.Event) -> None:
    while True:
        try:
            file.write_text(json.dumps({"pid": os.getpid()}))
        except OSError as error:  # A full disk ends no service: the next sign may be left again.
            log.error("no sign of life", error=type(error).__name__)
        if over.wait(seconds):
            return
