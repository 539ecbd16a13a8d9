"""Settings for processes that are started with settings made by a program instead of a person's file and variables."""

import json
from collections.abc import Iterator

from config.provenance import CONFIG_VARIABLE, variable_of
from config.settings import Settings, setting_fields


def without_variables() -> list[str]:
    """The variables that set anything, as `env` takes them to leave them out: a child sees none of its parent's."""
    names = [CONFIG_VARIABLE, *(variable_of(key) for key in setting_fields())]
    return [part for name in names for part in ("-u", name)]


def as_variables(settings: Settings) -> Iterator[str]:
    """Every setting that differs from its default as NAME=value, for `env`."""
    defaults = Settings.model_construct()
    for key in setting_fields():
        value, default = _value(settings, key), _value(defaults, key)
        if value != default and value is not None:
            yield f"{variable_of(key)}={_text(value)}"


def _value(settings: Settings, key: str) -> object:
    value: object = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return json.dumps(value) if isinstance(value, bool) else str(value)
