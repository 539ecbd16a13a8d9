"""The program `triage`, run in a home of its own: as it is installed, or forked from a process that has it loaded.

Loading the program takes longer than most of its commands. `Program` forks a process that has loaded it once, and runs
the same entry point with its own arguments, environment and files; `Installed` starts the real thing each time.
"""

import json
import multiprocessing
import os
import pwd
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console.cli.main import COMMANDS, run

INSTALLED = Path(sys.executable).with_name("triage")
ACCOUNT = pwd.getpwuid(os.getuid()).pw_name
SECONDS = 240

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [*(entry.module for entry in COMMANDS.values()), "jobs.health", "jobs.second_tries", "console.cli.prometheus"]
)


@dataclass(frozen=True)
class Run:
    """How one command ended and what it wrote."""

    code: int | None
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """`triage` for one home; no setting of the test's own environment reaches it."""

    home: Path

    def __call__(self, *arguments: str | Path, **variables: str) -> Run:
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            command = ["triage", *map(str, arguments)]
            process = FORKS.Process(target=_become, args=(command, self.environment(**variables), out, err))
            process.start()
            process.join(SECONDS)
            ended = Run(process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))
        assert "Traceback" not in ended.err, ended.err
        return ended

    def environment(self, **variables: str) -> dict[str, str]:
        """The environment of the program: the test's own without its settings, and the home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        return kept | {"TRIAGE_HOME": str(self.home), "OMP_NUM_THREADS": "1", "TZ": "UTC"} | variables


@dataclass(frozen=True)
class Installed(Program):
    """The same, started as people start it."""

    def __call__(self, *arguments: str | Path, **variables: str) -> Run:
        done = subprocess.run(
            [INSTALLED, *map(str, arguments)],
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Run(done.returncode, done.stdout, done.stderr)


def _become(command: list[str], environment: dict[str, str], out: Path, err: Path) -> None:
    """In the forked process: take the place of the program, its files and its environment."""
    for number, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), number)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = command
    run()
