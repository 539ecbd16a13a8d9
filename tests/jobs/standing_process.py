"""A real process that searches for arrivals in small portions until it is killed: `standing_process.py MARK`."""

import sys
import time
from typing import Any

from config.settings import load_settings
from engine.records.deployment import open_records
from engine.records.searching import standing_marks
from jobs import standing
from jobs.workbench import Workbench


def main() -> None:
    settings = load_settings()
    records = open_records(settings, settings.paths)
    bench = Workbench(records, settings, settings.paths, holder="worker:test")
    standing._PORTION = 1
    advance = standing_marks.advance

    def slowly(*arguments: Any, **named: Any) -> None:
        """Long enough in the middle of a write that a kill mostly comes there."""
        time.sleep(0.15)
        advance(*arguments, **named)

    standing_marks.advance = slowly
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    standing.search_standing(bench, int(sys.argv[1]))


if __name__ == "__main__":
    main()
