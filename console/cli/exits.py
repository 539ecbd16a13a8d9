"""How a command ends: one sentence and a hint for every error, the contract's exit code, never a traceback."""

import sys
from collections.abc import Callable
from enum import IntEnum

from config.errors import TriageError
from console.cli.output import say


class Exit(IntEnum):
    """The exit codes that scripts may rely on."""

    DONE = 0
    FAILURES = 1
    USAGE = 2
    REFUSED = 3
    DOWN = 4


def guarded(command: Callable[[], object]) -> None:
    """Run a command; an error of ours becomes two lines on standard error and the error's own exit code."""
    try:
        command()
    except TriageError as error:
        say(f"triage: {error.message}")
        if error.hint:
            say(f"  {error.hint}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output left (`triage ... | head`); that is no failure of ours.
        sys.stderr.close()
        sys.exit(Exit.DONE)
    except KeyboardInterrupt:
        say("triage: stopped by you; what was already recorded stays.")
        sys.exit(130)
