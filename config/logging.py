"""Logs as lines on standard error, for people or for machines, with ids and never with content.

A log file is read by more people than may see a referral. So a field passes only when it is a number or a single word
such as an id; whatever could be a path, a sentence, an address or a name of two words is withheld, and of an error only
its type and place are written. Messages are fixed sentences from the code; those of libraries are written without the
arguments they would be filled with.
"""

import logging
import re
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from config.groups import Logging

WITHHELD = "[withheld]"

# Fields that hold content about people even when it is a single word.
_CONTENT_FIELDS = frozenset({"name", "person", "file", "filename", "path", "note", "text", "title", "email", "address"})
_SINGLE_WORD = re.compile(r"[A-Za-z0-9_.:+-]{1,80}")


def configure_logging(settings: Logging, stream: TextIO | None = None) -> None:
    """Send the logs of this process, those of its libraries included, to `stream` (default: standard error)."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        reduce_errors,
        withhold_content,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[unfilled_message, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.level.upper(), force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def unfilled_message(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace a library's message by its template, and say which library it is."""
    record: logging.LogRecord = event["_record"]
    return {**event, "event": str(record.msg), "logger": record.name}


def withhold_content(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace every field that could hold content by a fixed word."""
    return {key: value if key == "event" or _passes(key, value) else WITHHELD for key, value in event.items()}


def reduce_errors(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and the place it was raised at: its message may quote a path or a person."""
    error = _exception(event.pop("exc_info", None))
    if error is not None:
        event["error"] = type(error).__name__
        if frames := traceback.extract_tb(error.__traceback__):
            event["raised_at"] = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return event


def _exception(given: Any) -> BaseException | None:
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple):
        given = given[1]
    return given if isinstance(given, BaseException) else None


def _passes(key: str, value: object) -> bool:
    if key.startswith("_"):
        return True  # structlog's own record, removed before anything is written.
    if value is None or isinstance(value, bool | int | float):
        return True
    return key not in _CONTENT_FIELDS and isinstance(value, str) and _SINGLE_WORD.fullmatch(value) is not None
