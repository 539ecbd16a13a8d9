"""The intake service: `python -m jobs.intake_watch` takes in what arrives in the folder of `intake.watch_folder`."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import structlog

from config.errors import TriageError
from config.logging import configure_logging
from config.settings import Settings, load_settings
from engine.records.actors import Actor
from engine.records.deployment import open_records
from jobs.alive import WATCH
from jobs.errors import BadInput
from jobs.lifeline import end_with_parent, service_parser
from jobs.signs_of_life import only_one, signs_of_life
from jobs.watched_folder import Taken, WatchedFolder, take_in_complete
from jobs.workbench import Workbench

log = structlog.get_logger()

_POLL_SECONDS = 2.0
#: How long to leave a folder alone after something that somebody has to put right.
_TROUBLE_SECONDS = 10.0


def watch(
    bench: Workbench, watched: WatchedFolder, stop: threading.Event, *, actor: Actor, say: Callable[[str], None]
) -> None:
    """Take in what arrives until told to stop; trouble is told once and waited out, whatever arrives meanwhile stays.

    Raises BadInput for a folder that cannot be used from the start, AlreadyRunning where it is watched already.
    """
    watched.prepare()
    paths, trouble = bench.paths, ""
    with (
        only_one(watched.folder / ".triage-watch.lock", f"{watched.folder} is watched by another process"),
        signs_of_life(paths, WATCH, bench.settings.worker.heartbeat_seconds),
    ):
        while not stop.is_set():
            try:
                for taken in take_in_complete(bench, watched, actor=actor, say=lambda _: None):
                    say(told(taken))
                    if stop.is_set():
                        return
                trouble = ""
            except (TriageError, OSError) as error:
                reason = error.message if isinstance(error, TriageError) else f"{watched.folder}: {error.strerror}"
                if reason != trouble:
                    say(f"Waiting: {reason}")
                trouble = reason
                stop.wait(_TROUBLE_SECONDS)
            stop.wait(_POLL_SECONDS)


def told(taken: Taken) -> str:
    """What became of an entry, as a sentence for people."""
    receipt = taken.receipt
    if taken.refused:
        return f"{receipt['batch']}: {taken.name} refused; why stands beside it in refused."
    named = " ".join(one["id"] for one in receipt["referrals"][:5])
    return f"{receipt['batch']}: {taken.name} taken in ({named}), moved to done."


def serve(settings: Settings, stop: threading.Event) -> None:
    """Watch the folder of the settings until told to stop; raises BadInput where none is set."""
    if settings.intake.watch_folder is None:
        raise BadInput(
            "No folder is set to be watched.", "Set intake.watch_folder, or name one: triage intake watch DIR"
        )
    records = open_records(settings, settings.paths)
    holder = f"{WATCH}:{socket.gethostname()}.{os.getpid()}"
    bench = Workbench(records, settings, settings.paths, holder)
    watched = WatchedFolder(Path(settings.intake.watch_folder).expanduser(), settings.intake.watch_still_seconds)
    try:
        watch(bench, watched, stop, actor=Actor.machine(WATCH), say=lambda sentence: log.info(sentence))
    finally:
        records.close()


def main() -> None:
    """Run the service until SIGTERM or Ctrl-C."""
    options = service_parser("Takes in what arrives in a folder.").parse_args()
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
        sys.stderr.write(f"triage intake: {error.message}\n  {error.hint}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
