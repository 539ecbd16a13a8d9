"""What was set, and where: the settings file and the TRIAGE_ variables, each value with its origin."""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from config.errors import SettingsFileError, UnknownSetting

PREFIX = "TRIAGE_"
CONFIG_VARIABLE = "TRIAGE_CONFIG"


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody set: not yet validated, with the file or the variable it came from."""

    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class SettingOrigin:
    """One setting as it is in force, and where its value came from."""

    key: str
    value: object
    origin: str
    help: str


def variable_of(key: str) -> str:
    """The environment variable of a setting: `review.images` is TRIAGE_REVIEW__IMAGES."""
    return PREFIX + key.upper().replace(".", "__")


def from_environment(kind: type[BaseSettings], env: Mapping[str, str], known: Collection[str]) -> dict[str, Given]:
    """Read the TRIAGE_ variables by key; raises UnknownSetting for one that names no setting. Empty ones are unset."""
    keys = {variable_of(key): key for key in known}
    set_here = {name: value for name, value in env.items() if name.startswith(PREFIX) and name != CONFIG_VARIABLE}
    for variable in set_here:
        if variable not in keys:
            nearest = _nearest(variable, [*keys, CONFIG_VARIABLE])
            raise UnknownSetting(f"The environment variable {variable} is not a setting of Triage.", nearest)
    source = EnvSettingsSource(kind)
    source.env_vars = {name.lower(): value for name, value in set_here.items() if value}
    groups = {key.partition(".")[0] for key in known if "." in key}
    return {key: Given(value, f"environment {variable_of(key)}") for key, value in _flatten(source(), groups)}


def from_file(
    kind: type[BaseSettings], path: Path, known: Collection[str], *, optional: bool = False
) -> dict[str, Given]:
    """Read a TOML file by key; an `optional` one may be missing.

    Raises SettingsFileError where the file cannot be read and UnknownSetting for a key that names no setting.
    """
    groups = {key.partition(".")[0] for key in known if "." in key}
    given = {}
    for key, value in _flatten(_read_toml(kind, path, optional), groups):
        if key in groups:
            hint = f"{key} is a group: write [{key}] on a line of its own and its settings below."
            raise UnknownSetting(f"{path}: {key} is not a setting.", hint)
        if key not in known:
            raise UnknownSetting(f"{path}: {key} is not a setting of Triage.", _nearest(key, known))
        given[key] = Given(value, f"file {path}")
    return given


def without_password(value: object) -> object:
    """The value with the password of a URL replaced by ***."""
    if not isinstance(value, str):
        return value
    value = re.sub(r"(://[^/:@]*):.*@", r"\1:***@", value, flags=re.DOTALL)
    return re.sub(r"(password=)[^&]*", r"\1***", value, flags=re.IGNORECASE)


def _read_toml(kind: type[BaseSettings], path: Path, optional: bool) -> dict[str, Any]:
    try:
        # The library takes a file that is not there for an empty one; only the one in the home may be missing.
        path.open("rb").close()
        return TomlConfigSettingsSource(kind, path).toml_data
    except OSError as error:
        if optional and isinstance(error, FileNotFoundError):
            return {}
        reason, hint = error.strerror or str(error), f"Make the file readable, or correct {CONFIG_VARIABLE}."
    except UnicodeDecodeError as error:
        reason, hint = f"byte {error.start} is not UTF-8", "Save the file as UTF-8."
    except tomllib.TOMLDecodeError as error:
        reason, hint = f"not TOML: {error}", 'A setting is written as: key = value, with text in "quotes".'
    raise SettingsFileError(f"The settings file {path} cannot be used: {reason}.", hint)


def _flatten(table: Mapping[str, Any], groups: Collection[str]) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if name in groups and isinstance(value, dict):
            yield from ((f"{name}.{setting}", inner) for setting, inner in value.items())
        else:
            yield name, value


def _nearest(name: str, known: Collection[str]) -> str:
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    suggestion = f"Did you mean {found[0]}? " if found else ""
    return f"{suggestion}Correct or remove it; then `triage config show` lists every setting."
