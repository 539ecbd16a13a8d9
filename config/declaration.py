"""What a unit declares of a model that it imports: how pictures enter it, how its vectors compare, what is known of it.

A declaration is a TOML file beside the model, options of the command, or both.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from config.errors import DeclarationError
from config.models import Metric

Colour = Literal["RGB", "BGR"]
Alignment = Literal["arcface", "dlib"]

#: Where the largest value that a pixel can become must lie: networks take about 0 to 1, -1 to 1, -2 to 2 or 0 to 255.
_SMALLEST_REACH, _LARGEST_REACH = 0.5, 300.0
_HINT = "Every field, with an example: triage models import --help"


def _of_each_channel(value: object) -> object:
    """One number stands for all three channels; text is read as numbers with commas between them."""
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
        value = value[0] if len(value) == 1 else value
    return value if isinstance(value, list | tuple) else (value, value, value)


def _as_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,62}", value):
        raise ValueError("it should be 1 to 63 lower-case letters, digits, dots, hyphens and underscores")
    return value


Channels = Annotated[tuple[float, float, float], BeforeValidator(_of_each_channel)]
Words = Annotated[str, Field(min_length=3, max_length=2000)]


class Declaration(BaseModel):
    """A model as its unit declares it.

    A chip of input_size x input_size pixels enters the network as (pixel - mean) * scale, pixels from 0 to 255; mean
    and scale are in the order of `colour`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)

    name: Annotated[str, AfterValidator(_as_name)]
    input_size: int = Field(ge=32, le=512)
    colour: Colour
    mean: Channels
    scale: Channels
    alignment: Alignment
    metric: Metric
    licence: Words
    trained_on: Words
    validated_on: Words

    @field_validator("scale")
    @classmethod
    def _positive(cls, scale: tuple[float, float, float]) -> tuple[float, float, float]:
        if min(scale) <= 0:
            raise ValueError("it should be above 0")
        return scale

    @model_validator(mode="after")
    def _within_reach(self) -> Self:
        """Find a deviation given as a scale, or one that belongs to pixels from 0 to 1."""
        for mean, scale in zip(self.mean, self.scale, strict=True):
            low, high = -mean * scale, (255 - mean) * scale
            if not _SMALLEST_REACH <= max(-low, high) <= _LARGEST_REACH:
                raise ValueError(
                    f"pixels from 0 to 255 would become {low:g} to {high:g}, which no network takes; the scale is "
                    "multiplied with: for a deviation of 127.5 it is 0.007843, and for one of 0.229 of pixels from 0 "
                    "to 1 it is 0.017125, with a mean 255 times as large"
                )
        return self

    @property
    def preprocessing(self) -> str:
        """The numbers that pixels go through, as one name: it changes whenever they do."""
        means, scales = (",".join(f"{value!r}" for value in values) for values in (self.mean, self.scale))
        return f"{self.colour.lower()} mean={means} scale={scales}"


def read_declaration(file: Path) -> dict[str, Any]:
    """The fields that a TOML file declares, unchecked; raises DeclarationError where it cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DeclarationError(f"The declaration {file} cannot be read: {error.strerror}.", _HINT) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DeclarationError(f"The declaration {file} is not TOML: {error}.", _HINT) from error


def declare(fields: Mapping[str, Any]) -> Declaration:
    """Check the fields of a declaration; raises DeclarationError naming each that is missing, unknown or impossible."""
    try:
        return Declaration.model_validate(dict(fields))
    except ValidationError as error:
        problems = dict.fromkeys(_problem(one) for one in error.errors())
        raise DeclarationError(f"The declaration cannot be used: {'; '.join(problems)}.", _HINT) from error


def _problem(error: ErrorDetails) -> str:
    field = str(error["loc"][0]) if error["loc"] else None
    if error["type"] == "missing" and len(error["loc"]) == 1:
        return f"{field} is missing"
    if error["type"] == "extra_forbidden":
        return f"{field} is no field of a declaration"
    words = error["msg"].removeprefix("Value error, ")
    return f"{field}: {words[0].lower()}{words[1:]}" if field else words
