"""Settings come from defaults, file and environment; whatever is wrong is named with its place."""

import json
import subprocess
import sys
from pathlib import Path

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import ConfigError, InvalidSetting, SettingsFileError, UnknownSetting
from config.provenance import from_environment, variable_of, without_password
from config.settings import Settings, explain, load_demo_settings, load_settings, setting_fields

KEYS = sorted(setting_fields())
# A home without a settings file, so that no test sees the one of whoever runs it.
NOWHERE = {"TRIAGE_HOME": "/nonexistent/triage"}


def write(folder: Path, text: str) -> dict[str, str]:
    (folder / "triage.toml").write_text(text, encoding="utf-8")
    return {"TRIAGE_HOME": str(folder)}


def test_without_file_and_variables_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings({"TRIAGE_HOME": str(tmp_path)})
    assert settings == Settings(home=tmp_path)
    assert settings.paths.database == tmp_path / "triage.sqlite3"


def test_the_environment_is_stronger_than_the_file_and_the_file_than_the_default(tmp_path: Path) -> None:
    env = write(tmp_path, 'unit = "aarhus"\n[search]\ntop = 10\n[review]\nlease_minutes = 5\n')
    settings = load_settings(env | {"TRIAGE_SEARCH__TOP": "20"})
    assert (settings.unit, settings.search.top, settings.review.lease_minutes) == ("aarhus", 20, 5)
    assert settings.worker.tries == Settings().worker.tries


def test_a_demonstration_has_a_home_of_its_own_unless_one_is_set(tmp_path: Path) -> None:
    assert load_demo_settings({}).home != load_settings({}).home
    assert load_demo_settings({"TRIAGE_HOME": str(tmp_path)}).home == tmp_path


def test_triage_config_names_another_file(tmp_path: Path) -> None:
    write(tmp_path, "[search]\ntop = 10\n")
    other = tmp_path / "other.toml"
    other.write_text('home = "/srv/triage"\n[search]\ntop = 11\n')
    settings = load_settings({"TRIAGE_CONFIG": str(other)})
    assert (settings.search.top, settings.home) == (11, Path("/srv/triage"))
    assert load_settings({"TRIAGE_CONFIG": str(other), "TRIAGE_HOME": "/srv/b"}).home == Path("/srv/b")


def test_lanes_are_written_with_commas_in_a_variable_and_as_a_list_in_the_file(tmp_path: Path) -> None:
    assert load_settings(NOWHERE | {"TRIAGE_WORKER__LANES": "urgent, video"}).worker.lanes == ("urgent", "video")
    assert load_settings(write(tmp_path, '[worker]\nlanes = ["normal"]\n')).worker.lanes == ("normal",)


def test_an_empty_variable_counts_as_not_set() -> None:
    settings = load_settings(NOWHERE | {"TRIAGE_REDIS_URL": "", "TRIAGE_CONFIG": "", "TRIAGE_SEARCH__TOP": ""})
    assert (settings.redis_url, settings.search.top) == (None, Settings().search.top)


def test_settings_made_directly_read_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_HOME", NOWHERE["TRIAGE_HOME"])
    monkeypatch.setenv("TRIAGE_SEARCH__TOP", "7")
    assert Settings().search.top == 50
    assert load_settings().search.top == 7


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        Settings().search.top = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[detection]\ntreshold = 0.9\n", "detection.treshold is not a setting", "Did you mean detection.threshold?"),
        ("[reviews]\nimages = 'off'\n", "reviews is not a setting", "Did you mean review"),
        ("[reviews]\n", "reviews is not a setting", "triage config show"),
        ("review = 3\n", "review is not a setting", "[review]"),
        ("qqqq = 3\n", "qqqq is not a setting", "triage config show"),
    ],
)
def test_an_unknown_key_is_named_with_its_file_and_the_nearest_key(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    with pytest.raises(UnknownSetting) as refusal:
        load_settings(write(tmp_path, text))
    assert str(refusal.value).startswith(f"{tmp_path / 'triage.toml'}: {message}")
    assert hint in refusal.value.hint


def test_an_unknown_variable_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UnknownSetting, match="TRIAGE_REVIEW__IMAGE ") as refusal:
        load_settings({"TRIAGE_REVIEW__IMAGE": "off", "PATH": "/bin"})
    assert "TRIAGE_REVIEW__IMAGES?" in refusal.value.hint


def test_broken_toml_names_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError, match=r"triage\.toml cannot be used: not TOML: .*line 2"):
        load_settings(write(tmp_path, "[search]\ntop = = 3\n"))


def test_a_file_that_is_not_text_or_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    with pytest.raises(SettingsFileError, match=r"x\.toml cannot be used: No such file"):
        load_settings({"TRIAGE_CONFIG": str(file)})
    file.write_bytes(b"unit = '\xff'")
    with pytest.raises(SettingsFileError, match="byte 8 is not UTF-8"):
        load_settings({"TRIAGE_CONFIG": str(file)})
    with pytest.raises(SettingsFileError, match="Not a directory"):
        load_settings({"TRIAGE_HOME": str(file)})


def test_the_file_in_the_home_cannot_move_the_home(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError, match="home cannot be set") as refusal:
        load_settings(write(tmp_path, 'home = "/srv"\n'))
    assert "TRIAGE_HOME" in refusal.value.hint


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("search.top", "0", "greater than or equal to 1"),
        ("search.top", "many", "valid integer"),
        ("detection.threshold", "nan", "less than or equal to 0.99"),
        ("decoding.max_pixels", "999999999999999999999999", "less than or equal to"),
        ("review.images", "ascii", "'auto', 'cells', 'kitty', 'sixel' or 'off'"),
        ("review.hide_scores", "perhaps", "valid boolean"),
        ("worker.lanes", "urgent,slow", "'urgent', 'normal' or 'video'"),
        ("worker.lanes", "urgent,urgent", "at least one lane, and each once"),
        ("worker.lanes", ",", "at least one lane, and each once"),
        ("unit", "Aarhus Unit", "lower-case letters, digits and hyphens"),
        ("home", "~nobody-here/triage", "an account that does not exist"),
        ("database_url", "mysql://host/x", "sqlite:// or postgresql://"),
        ("redis_url", "http://host", "redis://, rediss:// or unix://"),
    ],
)
def test_a_bad_value_is_named_with_its_variable_its_key_and_what_is_allowed(key: str, value: str, allowed: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        load_settings(NOWHERE | {variable_of(key): value})
    assert str(refusal.value).startswith(f"environment {variable_of(key)}: {key} is '{value}', but it should")
    assert allowed in str(refusal.value)
    assert refusal.value.hint


def test_every_bad_value_is_named_at_once_each_with_its_origin(tmp_path: Path) -> None:
    env = write(tmp_path, "[search]\ntop = -1\n") | {"TRIAGE_UNIT": "?"}
    with pytest.raises(InvalidSetting) as refusal:
        load_settings(env)
    lines = str(refusal.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["environment TRIAGE_UNIT", f"file {tmp_path}/triage.toml"]


def test_a_warning_after_the_critical_limit_is_refused_even_when_only_one_is_set() -> None:
    with pytest.raises(InvalidSetting, match="more than oldest_waiting_warning_seconds, which is 9000"):
        load_settings(NOWHERE | {"TRIAGE_HEALTH__OLDEST_WAITING_WARNING_SECONDS": "9000"})


@given(st.sampled_from(KEYS), st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_any_text_in_any_variable_loads_or_is_refused_with_its_name(key: str, value: str) -> None:
    env = NOWHERE | {variable_of(key): value}
    try:
        load_settings(env)
    except ConfigError as error:
        assert variable_of(key) in str(error) or "triage.toml" in str(error)
        assert error.hint


@given(st.dictionaries(st.sampled_from(KEYS), st.text(min_size=1), max_size=5))
def test_variables_and_keys_translate_back_and_forth(values: dict[str, str]) -> None:
    found = from_environment(Settings, {variable_of(key): value for key, value in values.items()}, KEYS)
    assert {key: item.value for key, item in found.items()} == values


def test_explain_gives_every_setting_with_its_value_and_origin(tmp_path: Path) -> None:
    env = write(tmp_path, "[search]\ntop = 10\n") | {"TRIAGE_UNIT": "aarhus"}
    origins = {item.key: item for item in explain(env)}
    assert sorted(origins) == KEYS
    assert (origins["search.top"].value, origins["search.top"].origin) == (10, f"file {tmp_path / 'triage.toml'}")
    assert (origins["unit"].value, origins["unit"].origin) == ("aarhus", "environment TRIAGE_UNIT")
    assert (origins["worker.tries"].value, origins["worker.tries"].origin) == (3, "default")


def test_passwords_are_shown_nowhere() -> None:
    env = NOWHERE | {
        "TRIAGE_REDIS_URL": "redis://user:pa:ss@wo@host:6379/0",
        "TRIAGE_DATABASE_URL": "sqlite:///x?password=ss@wo",
    }
    assert "ss@wo" not in f"{explain(env)} {load_settings(env)!r}"
    assert without_password("redis://user:pa@host/0") == "redis://user:***@host/0"
    with pytest.raises(InvalidSetting) as refusal:
        load_settings(NOWHERE | {"TRIAGE_DATABASE_URL": "mysql://user:hidden@host"})
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_has_a_description_in_one_sentence(key: str) -> None:
    description = setting_fields()[key].description
    assert description
    assert description.endswith(".")
    assert len(description) <= 120


def test_every_group_says_what_it_is_for() -> None:
    groups = {type(value) for value in dict(Settings()).values() if isinstance(value, pydantic.BaseModel)}
    assert groups
    assert all("__doc__" in vars(group) and group.__doc__ for group in groups)


def test_loading_settings_imports_nothing_heavy() -> None:
    program = (
        "import sys, json; from config.settings import load_settings; load_settings({}); "
        "print(json.dumps(list(sys.modules)))"
    )
    modules = json.loads(subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout)
    heavy = {"torch", "numpy", "sqlalchemy", "redis", "rq", "textual", "structlog", "PIL"}
    assert heavy.isdisjoint(modules)
