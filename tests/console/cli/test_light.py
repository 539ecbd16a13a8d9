"""Light commands stay light: what they load is looked at in the running program."""

import subprocess
import sys

import pytest

from tests.console.cli.program import Program

HEAVY = {"torch", "onnxruntime", "textual", "PIL"}

# As the installed program runs, with a list of what was loaded at its end.
RUNNER = """
import atexit, sys
from console.cli.main import run
atexit.register(lambda: sys.stderr.write("\\nLOADED " + " ".join(sys.modules)))
sys.argv[0] = "triage"
run()
"""


def loaded_by(program: Program, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *arguments],
        env=program.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in (0, 2, 4), done.stderr[:500]
    return set(done.stderr.rpartition("\nLOADED ")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("health",),
        ("enqueue", "--help"),
        ("referral", "list"),
        ("referral", "show", "R1"),
        ("gallery", "list"),
        ("gallery", "import", "--help"),
        ("permit", "list"),
        ("ledger", "verify"),
        ("jobs", "failed"),
        ("jobs", "pause", "--reason", "a new disk"),
        ("index", "list"),
        ("config", "show"),
        ("models", "list"),
        ("up", "--help"),
    ],
    ids=" ".join,
)
def test_no_network_and_no_screen_is_loaded(with_a_report: Program, arguments: tuple[str, ...]) -> None:
    loaded = loaded_by(with_a_report, *arguments)
    assert "console.cli.main" in loaded
    assert not HEAVY & loaded


def test_help_loads_neither_records_nor_settings(empty: Program) -> None:
    assert not {"sqlalchemy", "redis", "rq", "pydantic", "numpy"} & loaded_by(empty, "--help")


def test_the_schema_is_migrated_once_only(with_a_report: Program) -> None:
    assert "alembic" not in loaded_by(with_a_report, "referral", "list")
