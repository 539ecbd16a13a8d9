"""Building indexes aside: `python -m jobs.index_builder`, a process that the keeper starts whenever a build is due.

It ends when nothing is due, or with the keeper, even by kill -9. At whatever moment it ends, the lock of the index is
free again, the last good index is in use, and what it left half done is cleared away (see `engine.search.index_files`).
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field

import structlog

from config.errors import TriageError
from config.logging import configure_logging
from config.paths import Paths
from config.settings import Settings, load_settings
from engine.records.deployment import Records, open_records
from engine.search.index import IndexReader
from jobs.index_builds import build_behind, clear_away, work_waits
from jobs.lifeline import end_with_parent, service_parser

log = structlog.get_logger()

# Searches and workers go first.
_NICE = 10
# After a builder that failed, the next one waits, so that what cannot be built does not eat the machine.
_PAUSE_SECONDS = 60.0
_STOP_SECONDS = 5.0


@dataclass(slots=True)
class IndexBuilder:
    """The keeper's side: starts a builder where a build is due and none is under way, and ends it with the keeper."""

    paths: Paths
    reader: IndexReader
    _process: subprocess.Popen[bytes] | None = None
    _not_before: float = field(default=-_PAUSE_SECONDS)

    def look_after(self, records: Records) -> None:
        """See to it that what is due is being built; takes no longer than looking."""
        self._note_end()
        clear_away(records, self.paths)
        may_start = self._process is None and time.monotonic() >= self._not_before
        if may_start and work_waits(records, self.paths, self.reader):
            self._process = self._start()

    def stop(self) -> None:
        """End a build that is under way."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def process_id(self) -> int | None:
        """The builder's process, None where nothing is being built."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def _note_end(self) -> None:
        if self._process is None or (code := self._process.poll()) is None:
            return
        self._process = None
        if code:
            log.error("index builder ended", code=code)
            self._not_before = time.monotonic() + _PAUSE_SECONDS

    def _start(self) -> subprocess.Popen[bytes]:
        # `env` sets what the child needs on top of this process's own environment.
        command = ["env", f"TRIAGE_HOME={self.paths.home}", sys.executable, "-m", "jobs.index_builder"]
        process = subprocess.Popen(  # noqa: S603 (our own module; no shell)
            [*command, "--parent", str(os.getpid())], stdin=subprocess.DEVNULL, start_new_session=True
        )
        log.info("index builder started", pid=process.pid)
        return process


def build_all(settings: Settings) -> bool:
    """Build whatever is due, and say whether all could be; raises whatever keeps the records from being opened."""
    records = open_records(settings, settings.paths)
    done = build_behind(records, settings.paths, IndexReader(settings.paths.index))
    records.close()
    return done


def main() -> None:
    """Build and end."""
    options = service_parser("Builds the face indexes that are due.").parse_args()
    end_with_parent(options.parent)
    os.nice(_NICE)
    settings = load_settings()
    configure_logging(settings.logging)
    try:
        sys.exit(not build_all(settings))
    except TriageError as error:
        sys.stderr.write(f"index builder: {error.message}\n  {error.hint}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
