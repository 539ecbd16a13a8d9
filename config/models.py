"""The manifest of models: which files Triage may load, and what is known about each."""

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from config.errors import ManifestError

Role = Literal["detector", "embedder"]
Metric = Literal["euclidean", "cosine"]

_ROLES = ("detector", "embedder")
_METRICS = ("euclidean", "cosine")
_HINT = "Restore config/models.toml from the installed release (reinstall Triage), or correct the entry you changed."


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model file: its origin, its checksum and what a user must know about it.

    `file` is relative to the folder the package is installed in. `mark` is what must be said of an
    embedder wherever its candidates are shown. It and `input_size` (pixels, a square), `dimension` (of the
    vectors) and `metric` belong to embedders; they are None for a detector.
    """

    name: str
    role: Role
    package: str
    version: str
    file: str
    sha256: str
    licence: str
    trained_on: str
    validated_on: str
    caution: str
    mark: str | None = None
    input_size: int | None = None
    dimension: int | None = None
    metric: Metric | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every model of the release: one detector and one embedder."""

    models: tuple[ModelEntry, ...]

    @property
    def detector(self) -> ModelEntry:
        """The model that finds faces."""
        return self._only("detector")

    @property
    def embedder(self) -> ModelEntry:
        """The model that turns a face into a vector."""
        return self._only("embedder")

    def _only(self, role: Role) -> ModelEntry:
        return next(entry for entry in self.models if entry.role == role)


def load_manifest() -> Manifest:
    """Read the manifest that came with this release; raises ManifestError where it is not usable."""
    return parse_manifest(resources.files("config").joinpath("models.toml").read_text(encoding="utf-8"))


def mark_of(description: Mapping[str, Any]) -> str:
    """The one sentence that goes with the candidates of a space, on screens and in whatever leaves the program.

    description: the space's. A model that the unit brought may be better or worse: Triage cannot know.
    """
    entry = load_manifest().embedder
    if description.get("weights_sha256") == entry.sha256:
        return f"Model {entry.mark}."
    return f"Model {description.get('model', 'unknown')} of this unit; not validated on children by Triage."


def parse_manifest(text: str) -> Manifest:
    """Read a manifest from TOML; raises ManifestError naming the model and the field."""
    try:
        tables = tomllib.loads(text).get("model", [])
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"models.toml is not TOML: {error}.", _HINT) from error
    models = tuple(_entry(table) for table in tables)
    for role in _ROLES:
        found = sum(entry.role == role for entry in models)
        if found != 1:
            raise ManifestError(f"models.toml names {found} models with the role {role}; it must be one.", _HINT)
    return Manifest(models)


def _entry(table: dict[str, Any]) -> ModelEntry:
    name = table.get("name", "without a name")
    fields = dataclasses.fields(ModelEntry)
    required = {field.name for field in fields if field.default is dataclasses.MISSING}
    if table.get("role") == "embedder":
        required |= {"mark", "input_size", "dimension", "metric"}
    if missing := sorted(required - table.keys()):
        raise ManifestError(f"models.toml: the model {name} lacks {', '.join(missing)}.", _HINT)
    if unknown := sorted(table.keys() - {field.name for field in fields}):
        raise ManifestError(f"models.toml: the model {name} has the unknown field {', '.join(unknown)}.", _HINT)
    _check_choice(name, "role", table["role"], _ROLES)
    if "metric" in table:
        _check_choice(name, "metric", table["metric"], _METRICS)
    if len(table["sha256"]) != 64 or not set(table["sha256"]) <= set("0123456789abcdef"):
        raise ManifestError(f"models.toml: the sha256 of {name} is not 64 lower-case hexadecimal digits.", _HINT)
    return ModelEntry(**table)


def _check_choice(name: str, field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ManifestError(f"models.toml: the {field} of {name} is {value!r}; allowed: {', '.join(allowed)}.", _HINT)
