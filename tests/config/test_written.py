"""Settings made by a program reach a child process whole, and nothing else does."""

from pathlib import Path

from config.settings import Settings, load_settings
from config.written import as_variables, without_variables


def test_a_child_reads_what_was_written(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "home": tmp_path,
            "worker": {"lanes": ("urgent", "video"), "tries": 2},
            "detection": {"threshold": 0.7},
            "review": {"hide_scores": False},
        }
    )
    variables = dict(line.split("=", 1) for line in as_variables(settings))
    assert load_settings(variables) == settings


def test_what_is_as_by_default_is_not_written(tmp_path: Path) -> None:
    assert list(as_variables(Settings(home=tmp_path))) == [f"TRIAGE_HOME={tmp_path}"]


def test_every_variable_of_the_parent_is_left_out() -> None:
    left_out = without_variables()
    for name in ("TRIAGE_CONFIG", "TRIAGE_DATABASE_URL", "TRIAGE_REDIS_URL", "TRIAGE_DETECTION__THREADS"):
        assert left_out[left_out.index(name) - 1] == "-u"
