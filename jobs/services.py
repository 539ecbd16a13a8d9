"""The services of a deployment as child processes: started in order, restarted when they end, never left over.

They are the Procfile's processes, for deployments without a process manager of their own; unlike the usual runners of
that file, one that ends is started again and does not take the others with it. A child ends with this process whatever
happens to it, because each asks the kernel for that (`lifeline.py`).
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog

from config.paths import Paths
from config.settings import Settings
from config.written import as_variables, without_variables
from jobs.connection import connect
from jobs.errors import AlreadyRunning, RedisDown, ServiceFailed

log = structlog.get_logger()

_REDIS = "redis"
_POLL_SECONDS = 0.2
_REDIS_UP_SECONDS = 20.0
# A worker hands its job back after 5 seconds; what has not ended after this is killed.
_STOP_SECONDS = 10.0
# Pause before a restart, doubled at each early end, so that a broken service does not eat the machine.
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Service:
    """One process of the deployment: its name and the module with arguments that Python runs."""

    name: str
    module: tuple[str, ...]


def services_of(settings: Settings) -> list[Service]:
    """The processes that a deployment with these settings needs, in the order of their start."""
    embedded = [] if settings.redis_url else [Service(_REDIS, ("jobs.redis_server",))]
    workers = [Service(lane, ("jobs.worker", lane)) for lane in settings.worker.lanes]
    watch = [Service("intake", ("jobs.intake_watch",))] if settings.intake.watch_folder else []
    return [*embedded, *workers, Service("keeper", ("jobs.keeper",)), *watch]


@dataclass(slots=True)
class _Child:
    service: Service
    process: subprocess.Popen[bytes]
    started: float
    pause: float = _FIRST_PAUSE
    restart_at: float | None = None


@dataclass(slots=True)
class Services:
    """The running services; `log_folder` takes their output, else it goes where this process's errors go.

    own_settings: whether they get these settings and nothing else, instead of reading what this process has read.
    """

    settings: Settings
    paths: Paths
    log_folder: Path | None = None
    own_settings: bool = False
    _children: list[_Child] = field(default_factory=list)

    def start(self) -> None:
        """Start every service, Redis first; raises ServiceFailed where Redis does not come up."""
        for service in services_of(self.settings):
            self._children.append(_Child(service, self._spawn(service), time.monotonic()))
            if service.name == _REDIS:
                self._wait_for_redis(self._children[-1].process)

    def watch(self) -> None:
        """Restart each service that has ended, after its pause; to be called again and again."""
        for child in self._children:
            if child.restart_at is None and child.process.poll() is not None:
                lasted = time.monotonic() - child.started
                child.pause = _FIRST_PAUSE if lasted > _STEADY_SECONDS else min(2 * child.pause, _LONGEST_PAUSE)
                child.restart_at = time.monotonic() + child.pause
                log.warning("service ended", service=child.service.name, code=child.process.returncode)
            if child.restart_at is not None and time.monotonic() >= child.restart_at:
                child.process, child.started, child.restart_at = self._spawn(child.service), time.monotonic(), None

    def run(self) -> None:
        """Watch until interrupted."""
        while True:
            self.watch()
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End every service: workers and keeper hand back what they hold, then Redis writes its file and ends."""
        _end([child.process for child in self._children if child.service.name != _REDIS])
        _end([child.process for child in self._children if child.service.name == _REDIS])
        self._children.clear()

    def process_ids(self) -> dict[str, int]:
        """The process id of each running service by its name."""
        return {child.service.name: child.process.pid for child in self._children if child.process.poll() is None}

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        # `env` sets what the child needs on top of this process's own environment.
        given = [f"TRIAGE_HOME={self.paths.home}"]
        if self.own_settings:
            given = [*without_variables(), *as_variables(self.settings)]
        command = ["env", *given]
        command += [sys.executable, "-m", *service.module, "--parent", str(os.getpid())]
        with self._output(service) as output:
            # A session of its own: Ctrl-C in the terminal reaches this process only, which then ends them in order.
            process = subprocess.Popen(  # noqa: S603 (our own modules; no shell)
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        log.info("service started", service=service.name, pid=process.pid)
        return process

    @contextmanager
    def _output(self, service: Service) -> Iterator[IO[bytes] | IO[str]]:
        if self.log_folder is None:
            yield sys.stderr
            return
        with (self.log_folder / f"{service.name}.log").open("ab") as file:
            yield file

    def _wait_for_redis(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _REDIS_UP_SECONDS
        while time.monotonic() < until and process.poll() is None:
            try:
                connect(self.settings, self.paths).close()
            except RedisDown:
                time.sleep(_POLL_SECONDS / 4)
            else:
                return
        self.stop()
        raise ServiceFailed(
            "The embedded Redis did not come up.",
            f"Read {self.log_folder / 'redis.log'}." if self.log_folder else "Its own message stands above.",
        )


@contextmanager
def running_services(settings: Settings, paths: Paths, log_folder: Path | None = None) -> Iterator[Services]:
    """The services of this home while the block runs; raises AlreadyRunning where another process runs them."""
    paths.create()
    with (paths.runtime / "services.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                f"The services of {paths.home} are running already.", "Use them; `triage health` shows how they are."
            ) from error
        services = Services(settings, paths, log_folder)
        try:
            services.start()
            yield services
        finally:
            services.stop()


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    until = time.monotonic() + _STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
