"""The settings: defaults, then the settings file, then TRIAGE_ variables, each stronger than the one before.

pydantic-settings reads the file and the variables; `provenance` keeps where each value came from and refuses what names
no setting, neither of which the library does.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.errors import InvalidSetting, SettingsFileError
from config.export import Export
from config.groups import (
    Decoding,
    Detection,
    Health,
    Identifier,
    Intake,
    Keeper,
    KnownFiles,
    Logging,
    Priority,
    Review,
    Search,
    Standing,
    Worker,
)
from config.paths import Paths
from config.provenance import (
    CONFIG_VARIABLE,
    PREFIX,
    Given,
    SettingOrigin,
    from_environment,
    from_file,
    variable_of,
    without_password,
)


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:
        raise ValueError("it should not start with the ~ of an account that does not exist") from error


def _data_folder(name: str) -> Path:
    return platformdirs.user_data_path(name, appauthor=False)


def _database_url(url: str) -> str:
    if not url.startswith(("sqlite://", "postgresql://", "postgresql+")):
        raise ValueError("it should start with sqlite:// or postgresql://")
    return url


def _redis_url(url: str) -> str:
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it should start with redis://, rediss:// or unix://")
    return url


class Settings(BaseSettings):
    """Everything that can be set, validated and frozen. Made directly, it reads no file and no variable."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__")

    home: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=lambda: _data_folder("triage"),
        description="The folder that holds all state of an embedded deployment.",
    )
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(
        default=None, repr=False, description="The database of the records; unset, a SQLite file in the home."
    )
    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = Field(
        default=None, repr=False, description="The Redis of the queue; unset, an embedded one with a private socket."
    )
    unit: Identifier = Field(default="unit", description="The unit whose records these are, as a short name.")

    decoding: Decoding = Decoding()
    detection: Detection = Detection()
    search: Search = Search()
    standing: Standing = Standing()
    intake: Intake = Intake()
    priority: Priority = Priority()
    known_files: KnownFiles = KnownFiles()
    review: Review = Review()
    export: Export = Export()
    worker: Worker = Worker()
    health: Health = Health()
    keeper: Keeper = Keeper()
    logging: Logging = Logging()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (interface)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (interface)
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (interface)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (interface)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `load_settings` has read and nothing else."""
        return (init_settings,)

    @property
    def paths(self) -> Paths:
        """Where the deployment keeps its files."""
        return Paths(self.home)


def setting_fields() -> dict[str, FieldInfo]:
    """Every setting by its key, such as `unit` or `review.images`."""
    fields: dict[str, FieldInfo] = {}
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            fields |= {f"{name}.{inner}": inner_field for inner, inner_field in group.model_fields.items()}
        else:
            fields[name] = field
    return fields


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Load the settings from file and environment (`env`, or the process's own); raises ConfigError with a hint."""
    return _validated(_given(os.environ if env is None else env))


def load_demo_settings(env: Mapping[str, str] | None = None) -> Settings:
    """As `load_settings`, but a home that nobody set is one of its own, so that no demonstration takes the real one."""
    given = _given(os.environ if env is None else env)
    return _validated({"home": Given(_data_folder("triage-demo"), "default"), **given})


def explain(env: Mapping[str, str] | None = None) -> list[SettingOrigin]:
    """Every setting in force with its origin; passwords in URLs are masked. Raises ConfigError like `load_settings`."""
    given = _given(os.environ if env is None else env)
    settings = _validated(given)
    return [
        SettingOrigin(
            key=key,
            value=without_password(_lookup(settings, key)),
            origin=given[key].origin if key in given else "default",
            help=field.description or "",
        )
        for key, field in setting_fields().items()
    ]


def _given(env: Mapping[str, str]) -> dict[str, Given]:
    known = setting_fields()
    variables = from_environment(Settings, env, known)
    if named := env.get(CONFIG_VARIABLE):
        return from_file(Settings, Path(named).absolute(), known) | variables
    file = _validated({key: value for key, value in variables.items() if key == "home"}).paths.settings_file
    found = from_file(Settings, file, known, optional=True)
    if "home" in found:
        raise SettingsFileError(
            f"{file}: home cannot be set in a file that is itself looked for in the home.",
            f"Remove the line and set {variable_of('home')}, or name the file in {CONFIG_VARIABLE}.",
        )
    return found | variables


def _validated(given: Mapping[str, Given]) -> Settings:
    try:
        return Settings(**_nested(given))
    except ValidationError as error:
        lines = [_sentence(details["loc"], details["msg"], given) for details in error.errors(include_url=False)]
    raise InvalidSetting("\n".join(lines), "Correct or remove it; then `triage config show` lists every setting.")


def _nested(given: Mapping[str, Given]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, item in given.items():
        group, _, name = key.rpartition(".")
        (values.setdefault(group, {}) if group else values)[name] = item.value
    return values


def _sentence(location: Iterable[int | str], message: str, given: Mapping[str, Given]) -> str:
    parts = [str(part) for part in location]
    fields = setting_fields()
    key = next(key for key in (".".join(parts[:2]), parts[0]) if key in fields)
    item = given.get(key) or Given(fields[key].get_default(), "default")
    allowed = message.removeprefix("Value error, ").replace("Input should", "it should")
    return f"{item.origin}: {key} is {without_password(item.value)!r}, but {allowed}."


def _lookup(settings: Settings, key: str) -> object:
    value: object = settings
    for name in key.split("."):
        value = getattr(value, name)
    return value
