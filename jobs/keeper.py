"""The keeper: `python -m jobs.keeper`, the one process per home that puts things right again and again.

It puts what waits in order by the rules of priority, gives lost work back to the queue, has later material searched for
in the unmatched subjects, builds indexes that have fallen behind, ends claims whose holder has gone silent and takes
references out whose retention has ended; once a day it clears away files that an interrupted intake left in the vault.
It leaves a sign of life that others watch, because nobody would notice its absence otherwise.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from config.errors import TriageError
from config.logging import configure_logging
from config.paths import Paths
from config.settings import Settings, load_settings
from engine.records import leases
from engine.records.actors import Actor
from engine.records.deployment import Records, open_records
from engine.records.faces import findable
from engine.records.review import desk
from engine.records.schema import now
from engine.search.index import IndexReader
from jobs import accounts
from jobs.alive import KEEPER
from jobs.connection import connect
from jobs.filling import go_on
from jobs.index_builder import IndexBuilder
from jobs.lifeline import end_with_parent, service_parser
from jobs.ordering import order_again
from jobs.pausing import keep_to
from jobs.reconcile import reconcile
from jobs.searching_again import queue_due
from jobs.signs_of_life import only_one, signs_of_life
from jobs.standing_work import queue_standing

log = structlog.get_logger()

# No intake takes longer than this from the first file in the vault to the row that names it.
_ABANDONED = timedelta(days=1)
_DAY_SECONDS = 86_400.0
_MINUTE_SECONDS = 60.0
# Searches leave an expired reference out from its moment on; what makes it findable goes later, so that a clock that
# was wrong for some hours does not take anybody out of the searches for good.
_AFTER_EXPIRY = timedelta(days=1)

Duties = dict[str, Callable[[], None]]


def serve(settings: Settings, stop: threading.Event) -> None:
    """Make rounds until told to stop; raises AlreadyRunning, and whatever keeps the records from being opened."""
    paths = settings.paths
    records = open_records(settings, paths)
    with (
        only_one(paths.runtime / "keeper.lock", f"Another keeper looks after {paths.home}"),
        signs_of_life(paths, KEEPER, settings.worker.heartbeat_seconds),
    ):
        log.info("keeper started", pid=os.getpid())
        builder = IndexBuilder(paths, IndexReader(paths.index))
        cleared, checked = -_DAY_SECONDS, -_MINUTE_SECONDS
        while not stop.is_set():
            make_round(settings, paths, records, builder)
            if time.monotonic() - checked >= _MINUTE_SECONDS:
                check_accounts(records, paths)
                checked = time.monotonic()
            if time.monotonic() - cleared >= _DAY_SECONDS:
                clear_vault(records)
                cleared = time.monotonic()
            stop.wait(settings.keeper.interval_seconds)
        builder.stop()
    records.close()


def make_round(settings: Settings, paths: Paths, records: Records, builder: IndexBuilder) -> None:
    """Do each duty once; one that fails is logged and does not keep the others from being done.

    builder: kept from round to round, because its work takes longer than one.
    """
    actor = Actor.machine(KEEPER)

    def order() -> None:
        if warning := order_again(records, settings, actor).warning:
            log.warning("rules of priority not usable", reason=warning)

    def give_work_back() -> None:
        redis = connect(settings, paths)
        keep_to(records, redis)
        reconcile(records, redis, settings, actor)
        go_on(records, redis, settings, actor)
        redis.close()

    def search_for_arrivals() -> None:
        redis = connect(settings, paths)
        queue_standing(records, redis, settings)
        redis.close()

    def search_again() -> None:
        redis = connect(settings, paths)
        queue_due(records, redis, settings)
        redis.close()

    def end_claims() -> None:
        with records.database.write() as session:
            desk.settle_expired(session, leases.expire(session), actor=actor)

    def end_retention() -> None:
        with records.database.write() as session:
            findable.forget_expired(session, now() - _AFTER_EXPIRY)

    _each_for_itself(
        {
            "priority": order,
            "reconcile": give_work_back,
            "claims": end_claims,
            "retention": end_retention,
            "standing": search_for_arrivals,
            "lists": search_again,
            "indexes": lambda: builder.look_after(records),
        }
    )


def check_accounts(records: Records, paths: Paths) -> None:
    """Check that every input is accounted for and that the vault holds every file, and tell where not."""

    def check() -> None:
        for difference in accounts.check(records, paths):
            log.error("sums do not close", difference=difference)

    _each_for_itself({"accounts": check})


def clear_vault(records: Records) -> None:
    """Remove files from the vault that no row has named for a day."""

    def sweep() -> None:
        with records.database.read() as session:
            records.vault.sweep(session, older_than=_ABANDONED)

    _each_for_itself({"vault": sweep})


def _each_for_itself(duties: Duties) -> None:
    for name, duty in duties.items():
        try:
            duty()
        except (TriageError, RedisError, SQLAlchemyError, OSError) as error:
            log.error("duty failed", duty=name, exc_info=error)


def main() -> None:
    """Run the keeper until SIGTERM or Ctrl-C."""
    options = service_parser("The keeper of a deployment.").parse_args()
    end_with_parent(options.parent)
    stop = threading.Event()

    def on_signal(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    settings = load_settings()
    configure_logging(settings.logging)
    try:
        serve(settings, stop)
    except TriageError as error:
        sys.stderr.write(f"triage keeper: {error.message}\n  {error.hint}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
