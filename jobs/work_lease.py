"""A worker's claim on one file or referral while it works on it, so that two workers never do the same work twice."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.records import leases
from engine.records.database import after_commit
from engine.records.deployment import Records
from engine.records.errors import Claimed, RecordsError
from engine.records.words import LeaseKind

log = structlog.get_logger()

# The claim of a killed worker ends this many seconds after its last renewal.
_SECONDS = 10.0
_RENEW_SECONDS = 3.0
_POLL_SECONDS = 0.25

First = TypeVar("First")


@dataclass(frozen=True, slots=True)
class Claim(Generic[First]):
    """A claim that is held; `first` is what was done together with taking it."""

    records: Records
    resource: str
    holder: str
    first: First | None
    _ending: threading.Event = field(default_factory=threading.Event, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    def release(self, session: Session) -> None:
        """End the claim in the write that keeps the last of the work; nothing of it may follow."""
        # Writers take turns: a renewal that waits for this write sees that it comes too late.
        self._ending.set()
        leases.release(session, LeaseKind.WORK, self.resource, self.holder)
        after_commit(session, self._over.set)

    def renew(self) -> None:
        """Keep the claim alive until it ends."""
        while not self._ending.wait(_RENEW_SECONDS):
            try:
                with self.records.database.write(lasting=False) as session:
                    if not self._ending.is_set():
                        leases.acquire(session, LeaseKind.WORK, self.resource, self.holder, _SECONDS)
            except Claimed:
                # This process was silent for too long, and another took over. Both results are the same; go on.
                log.warning("work lease lost", resource=self.resource)
                return
            except (RecordsError, SQLAlchemyError) as error:
                log.warning("work lease not renewed", resource=self.resource, error=type(error).__name__)

    def end(self) -> None:
        """Stop renewing, and give the claim back where nothing did that before."""
        self._ending.set()
        if not self._over.is_set():
            with self.records.database.write(lasting=False) as session:
                leases.release(session, LeaseKind.WORK, self.resource, self.holder)


@contextmanager
def work_lease(
    records: Records, resource: str, holder: str, first: Callable[[Session], First | None] | None = None
) -> Iterator[Claim[First]]:
    """Hold the work on a resource (a public id) during the block; waits for whoever holds it now.

    first: a step that is done in the write that takes the claim. The wait is short: a live holder finishes, and a dead
    one's claim ends by itself.
    """
    claim = _acquire(records, resource, holder, first)
    renewing = threading.Thread(target=claim.renew, name="lease", daemon=True)
    renewing.start()
    try:
        yield claim
    finally:
        claim.end()
        renewing.join()


def _acquire(
    records: Records, resource: str, holder: str, first: Callable[[Session], First | None] | None
) -> Claim[First]:
    while True:
        try:
            # A power cut ends the claim and the work alike.
            with records.database.write(lasting=False) as session:
                leases.acquire(session, LeaseKind.WORK, resource, holder, _SECONDS)
                return Claim(records, resource, holder, None if first is None else first(session))
        except Claimed:
            time.sleep(_POLL_SECONDS)
