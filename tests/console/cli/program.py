"""The real program `triage`, run in a home of its own."""

import json
import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("triage")
ACCOUNT = pwd.getpwuid(os.getuid()).pw_name


@dataclass(frozen=True)
class Run:
    """How one command ended and what it wrote."""

    code: int
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

    def __call__(self, *arguments: str | Path, stdin: str = "", **variables: str) -> Run:
        done = subprocess.run(
            [PROGRAM, *map(str, arguments)],
            input=stdin,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Run(done.returncode, done.stdout, done.stderr)

    def environment(self, **variables: str) -> dict[str, str]:
        """The environment of the program: the test's own without its settings, and the home."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        return kept | {"TRIAGE_HOME": str(self.home), "OMP_NUM_THREADS": "1", "TZ": "UTC"} | variables
