"""A real worker process with tasks for tests: `sample_worker.py LANE HEARTBEAT FOLDER`; each run leaves a line."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from config.logging import configure_logging
from config.settings import load_settings
from engine.records.words import Lane
from jobs.connection import connect
from jobs.model_worker import ModelWorker


def main() -> None:
    lane, folder = Lane(sys.argv[1]), Path(sys.argv[2])
    settings = load_settings()
    configure_logging(settings.logging)

    def note(line: str) -> None:
        with (folder / "runs").open("a") as file:
            file.write(f"{line}\n")

    def detect(number: int) -> None:
        """Takes as many tenths of a second as its number says; 800 and more never end, 900 and more fail."""
        note(f"start {number} {os.getpid()}")
        while 800 <= number < 900:
            with suppress(Exception):  # As decoders are run.
                time.sleep(60)
        if number >= 900:
            raise ValueError(f"Jane Doe was seen in /secret/place/{number}.jpg")
        until = time.monotonic() + number / 10
        while time.monotonic() < until:
            time.sleep(0.01)
        note(f"done {number} {os.getpid()}")

    def give_up(job_id: str, reason: str) -> None:
        note(f"gave up {job_id} {reason}")

    redis = connect(settings, settings.paths)
    name = f"{lane}.test.{os.getpid()}"
    ModelWorker.create(redis, lane, name, settings.worker, {"detect": detect, "match": lambda _: None}, give_up).work(
        logging_level="ERROR"
    )


if __name__ == "__main__":
    main()
