"""Whatever is broken, a command says what and what to do, with its exit code, and shows no traceback."""

import os
import subprocess
from pathlib import Path

import pytest

from config.errors import TriageError
from console.cli.exits import explained, guarded, interruptible
from tests.console.cli.program import INSTALLED, Program


class Refusal(TriageError):
    """Refused."""

    exit_code = 3


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Refusal("not you", "ask Ada"), 3, ["triage: not you", "ask Ada"]),
        (PermissionError(13, "Permission denied", "/x/y"), 1, ["/x/y: Permission denied"]),
        (KeyError("secret name"), 1, ["a fault in the program: KeyError at test_broken.py:"]),
    ],
)
def test_an_error_becomes_a_sentence_and_a_code(
    error: Exception, code: int, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        guarded(command)
    assert end.value.code == code
    written = capsys.readouterr()
    assert written.out == ""
    for word in words:
        assert word in written.err
    assert "secret name" not in written.err


def test_a_system_error_without_words_is_a_fault() -> None:
    try:
        raise OSError("odd")
    except OSError as error:
        assert "OSError at test_broken.py" in explained(error)[0]


def test_a_reader_who_leaves_is_no_failure(with_a_report: Program) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    for command in (["config", "show", "--json"], ["ledger", "list"], ["referral", "show", "R1"]):
        done = subprocess.run(
            [INSTALLED, *command], env=with_a_report.environment(), stdout=writing, stderr=subprocess.PIPE, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")
    os.close(writing)


def test_ctrl_c_ends_a_command_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as end:
        interruptible(command)
    assert end.value.code == 130
    assert "what was already recorded stays" in capsys.readouterr().err


def test_a_database_that_is_none(triage: Program) -> None:
    (triage.home / "triage.sqlite3").write_bytes(b"not a database" * 100)
    for name in ("triage.sqlite3-wal", "triage.sqlite3-shm"):
        (triage.home / name).unlink(missing_ok=True)
    run = triage("referral", "list")
    assert run.code == 4, run.err
    assert "triage.sqlite3" in run.err


def test_a_database_server_that_is_not_there(empty: Program) -> None:
    run = empty("referral", "list", TRIAGE_DATABASE_URL="nonsense://host")
    assert run.code == 2
    assert "postgresql://" in run.err


def test_a_master_key_that_is_gone(triage: Program) -> None:
    (triage.home / "keys" / "master.key").unlink()
    run = triage("case", "list")
    assert run.code != 0
    assert "master.key" in run.err


def test_a_home_that_cannot_be_made(empty: Program) -> None:
    run = empty("case", "list", TRIAGE_HOME="/proc/nowhere/home")
    assert run.code == 1
    assert "/proc/nowhere" in run.err


def test_settings_that_do_not_exist(triage: Program) -> None:
    (triage.home / "triage.toml").write_text("[search]\nhop = 3\n")
    run = triage("config", "show")
    assert run.code == 2
    assert "hop" in run.err


def test_no_redis(triage: Program) -> None:
    for command in (["reconcile"], ["jobs", "discard"]):
        run = triage(*command)
        assert run.code == 4
        assert "triage up" in run.err


def test_a_table_of_people_that_is_none(triage: Program, tmp_path: Path) -> None:
    assert triage("gallery", "create", "known", "--purpose", "test").code == 0
    run = triage("gallery", "import", "known", tmp_path / "missing")
    assert run.code == 2
    assert "missing" in run.err
