"""Opens what a command works on: the settings, the paths and the records; for work on pictures, a workbench too."""

import os
import socket
from typing import TYPE_CHECKING, NamedTuple

from config.paths import Paths
from config.settings import Settings, load_settings
from engine.records.deployment import Records, open_records

if TYPE_CHECKING:
    from jobs.workbench import Workbench


class Deployment(NamedTuple):
    """What every command has; models and the queue are opened by `jobs` where they are needed."""

    settings: Settings
    paths: Paths
    records: Records


def open_deployment(settings: Settings | None = None) -> Deployment:
    """Open a deployment, this environment's where no settings are given, made on first use.

    Raises ConfigError and RecordsError.
    """
    settings = settings or load_settings()
    return Deployment(settings, settings.paths, open_records(settings, settings.paths))


def open_bench(here: Deployment, *, model: str | None = None) -> "Workbench":
    """The tools for work that this command may do itself; the models are loaded when they are first used.

    model: an embedder to look with in place of the one at work.
    """
    from jobs.workbench import Workbench

    log_to_stderr(here.settings)
    holder = f"command:{socket.gethostname()}.{os.getpid()}"
    return Workbench(here.records, here.settings, here.paths, holder, model=model)


def log_to_stderr(settings: Settings) -> None:
    """Send the logs of this command to standard error: warnings, or everything where debugging is asked for.

    A command tells people what it does in sentences of its own; only services write down each step.
    """
    from config.logging import configure_logging

    level = "debug" if settings.logging.level == "debug" else "warning"
    configure_logging(settings.logging.model_copy(update={"level": level}))
