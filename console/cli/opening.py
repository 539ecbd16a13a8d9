"""Opens the deployment that a command works on: its settings, its paths and its records, and nothing heavier."""

from typing import NamedTuple

from config.paths import Paths
from config.settings import Settings, load_settings
from engine.records.deployment import Records, open_records


class Deployment(NamedTuple):
    """What a command needs of a deployment; models and the queue are opened by `jobs` where they are needed."""

    settings: Settings
    paths: Paths
    records: Records


def open_deployment() -> Deployment:
    """Open the deployment of this environment, made on first use; raises ConfigError and RecordsError."""
    settings = load_settings()
    return Deployment(settings, settings.paths, open_records(settings, settings.paths))
