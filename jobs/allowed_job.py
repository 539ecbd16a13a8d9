"""The job class of queues and workers: whatever Redis says, only Triage's own tasks run, with one id each.

A job in Redis names its function as a dotted path, so whoever can write to Redis could otherwise run any code in a
worker, JSON or not. Callbacks and webhooks are dotted paths and addresses of the same kind, and are never followed.
"""

from collections.abc import Callable
from typing import Any

from rq.job import Job

from jobs.errors import JobRefused
from jobs.living_executions import LivingExecutions

#: The names a job may carry; the worker holds the functions.
ALLOWED = frozenset({"detect", "watch", "match", "search", "fill", "standing", "recall"})


class AllowedJob(Job):
    """A job whose function is looked up in the worker's tasks instead of being imported."""

    #: Name to function; set by the worker just before the job runs, empty everywhere else.
    tasks: dict[str, Callable[[int], None]] = {}  # noqa: RUF012 (never changed, only replaced on an instance)

    @property
    def func(self) -> Callable[[int], None]:
        """The task to run; raises JobRefused for anything but an allowed name with one positive id."""
        name, arguments = self.func_name, list(self.args)
        if name not in ALLOWED or name not in self.tasks:
            raise JobRefused(f"The job {self.id} names no task of Triage.", "See who else can write to this Redis.")
        if self.instance is not None or self.kwargs or len(arguments) != 1 or not _is_id(arguments[0]):
            raise JobRefused(f"The job {self.id} does not carry one id.", "See who else can write to this Redis.")
        return self.tasks[name]

    @property
    def execution_registry(self) -> LivingExecutions:
        """The runs of this job that Redis still knows."""
        return LivingExecutions(self.id, connection=self.connection)

    @property
    def success_callback(self) -> None:
        """Never followed."""

    @property
    def failure_callback(self) -> None:
        """Never followed."""

    @property
    def stopped_callback(self) -> None:
        """Never followed."""

    def send_webhooks(self, *_: Any, **__: Any) -> None:
        """Send nothing: no job of Triage has webhooks, and nothing leaves."""


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
