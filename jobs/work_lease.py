"""A worker's claim on one file or referral while it works on it, so that two workers never do the same work twice."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.records import leases
from engine.records.deployment import Records
from engine.records.errors import Claimed, RecordsError
from engine.records.words import LeaseKind

log = structlog.get_logger()

# The claim of a killed worker ends this many seconds after its last renewal.
_SECONDS = 10.0
_RENEW_SECONDS = 3.0
_POLL_SECONDS = 0.25


@contextmanager
def work_lease(records: Records, resource: str, holder: str) -> Iterator[None]:
    """Hold the work on a resource (a public id) during the block; waits for whoever holds it now.

    The wait is short: a live holder finishes, and a dead one's claim ends by itself.
    """
    _acquire(records, resource, holder)
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(records, resource, holder, done), name="lease", daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        with records.database.write() as session:
            leases.release(session, LeaseKind.WORK, resource, holder)


def _acquire(records: Records, resource: str, holder: str) -> None:
    while True:
        try:
            with records.database.write() as session:
                leases.acquire(session, LeaseKind.WORK, resource, holder, _SECONDS)
        except Claimed:
            time.sleep(_POLL_SECONDS)
        else:
            return


def _renew(records: Records, resource: str, holder: str, done: threading.Event) -> None:
    while not done.wait(_RENEW_SECONDS):
        try:
            with records.database.write() as session:
                leases.acquire(session, LeaseKind.WORK, resource, holder, _SECONDS)
        except Claimed:
            # This process was silent for too long, and another took over. Both results are the same; go on.
            log.warning("work lease lost", resource=resource)
            return
        except (RecordsError, SQLAlchemyError) as error:
            log.warning("work lease not renewed", resource=resource, error=type(error).__name__)
