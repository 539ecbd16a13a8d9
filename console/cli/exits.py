"""How a command ends: one sentence and a hint for every error, the contract's exit code, never a traceback."""

import os
import sys
import traceback
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

from config.errors import TriageError
from console.cli.output import say

# What shells report for a program that Ctrl-C ended.
_INTERRUPTED = 130


class Exit(IntEnum):
    """The exit codes that scripts may rely on."""

    DONE = 0
    FAILURES = 1
    USAGE = 2
    REFUSED = 3
    DOWN = 4


def guarded(command: Callable[[], object]) -> None:
    """Run a command; an error becomes two lines on standard error and an exit code of the contract."""
    try:
        command()
    except TriageError as error:
        _end(error.message, error.hint, error.exit_code)
    except Exception as error:
        # The last resort: people get a sentence, developers the traceback with `python -X dev`.
        if sys.flags.dev_mode:
            raise
        _end(*explained(error), Exit.FAILURES)


def interruptible(command: Callable[[], object]) -> object:
    """Run a command; Ctrl-C, or a reader of its output who leaves, ends it in good order."""
    try:
        return command()
    except BrokenPipeError:
        # `triage ... | head` is no failure of ours. What is still buffered must not be written at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.DONE)
    except KeyboardInterrupt:
        _end("stopped by you; what was already recorded stays.", "", _INTERRUPTED)


def explained(error: Exception) -> tuple[str, str]:
    """What any error says to people, and its hint; of a fault in the program only where it happened."""
    if isinstance(error, TriageError):
        return error.message, error.hint
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}.", "Check the file, its folder and the space on the disk."
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"a fault in the program: {type(error).__name__} at {Path(last.filename).name}:{last.lineno}.",
        "What was already recorded stays. Report this line to those who look after Triage.",
    )


def _end(message: str, hint: str, code: int) -> NoReturn:
    say(f"triage: {message}")
    if hint:
        say(f"  {hint}")
    sys.exit(code)
