"""The rules of priority: read from TOML, checked, and named with rule and line where they cannot be used."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from config.errors import PriorityError

Meaning = Literal["identified-victim", "known-series", "viral", "irrelevant"]

_HINT = (
    "Check it with: triage priority check FILE. The rules that come with Triage show every form: triage priority show"
)
_HEADER = re.compile(r"\s*\[\[\s*rule\s*\]\]")


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Texts = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], BeforeValidator(_as_list)]
Days = Annotated[float, Field(ge=0, le=36_500)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class FactCondition(_Strict):
    """A thing that the report says, by its own name; `is`: one of these; `contains`: one of these is a part of it."""

    label: str = Field(min_length=1, max_length=200)
    is_: Texts = Field(default=(), alias="is")
    contains: Texts = ()


class Conditions(_Strict):
    """When a rule applies: all conditions that are given hold. A condition that is left out asks for nothing."""

    escalated: bool | None = Field(default=None, description="The reporter escalated it to high priority.")
    says: Texts = Field(default=(), description="Report, facts or file names hold one of these, as words.")
    fact: FactCondition | None = Field(default=None, description="The report says something under a name of its own.")
    new_material: bool | None = Field(
        default=None, description="A file is in no list, came in no earlier referral and looks like none that did."
    )
    known: Meaning | None = Field(default=None, description="A file is in a list of this meaning.")
    known_only: Meaning | None = Field(default=None, description="Every file is in a list of this meaning.")
    viral_only: bool | None = Field(
        default=None, description="Every file is in a list of viral ones or keeps coming in."
    )
    case: bool | None = Field(default=None, description="It is linked to a case.")
    given_at_most: int | None = Field(
        default=None, ge=0, le=99, description="It was put in with this priority or a more urgent one."
    )
    received_days_at_least: Days | None = Field(default=None, description="It came in so many days ago, or more.")
    incident_days_at_most: Days | None = Field(
        default=None, description="What it reports happened at most so many days ago."
    )
    files_at_least: int | None = Field(default=None, ge=1, le=10_000_000, description="It has so many files, or more.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_dump(exclude_defaults=True):
            raise ValueError("it should hold at least one condition")
        return self


class Rule(_Strict):
    """One rule: its points and the sentence that people read, where its conditions hold."""

    name: str = Field(min_length=1, max_length=60)
    points: int = Field(ge=-99, le=99)
    because: str = Field(min_length=5, max_length=300)
    when: Conditions


class _File(_Strict):
    rule: tuple[Rule, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [rule.name for rule in self.rule]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two rules have the name {twice!r}")
        return self


@dataclass(frozen=True, slots=True)
class PriorityRules:
    """The rules with the text they were read from; `digest` is its SHA-256, by which a change is noticed."""

    rules: tuple[Rule, ...]
    text: str
    digest: str

    @property
    def depend_on_time(self) -> bool:
        """Whether a referral may change its place by waiting alone."""
        return any(
            rule.when.received_days_at_least is not None or rule.when.incident_days_at_most is not None
            for rule in self.rules
        )


def load_rules(file: Path | None) -> PriorityRules:
    """The rules of a file, or those that come with Triage; raises PriorityError."""
    if file is None:
        return parse_rules(files("config").joinpath("priority.toml").read_text(encoding="utf-8"), "priority.toml")
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise PriorityError(f"The rules of priority in {file} cannot be read: {error.strerror}.", _HINT) from error
    except UnicodeDecodeError as error:
        raise PriorityError(f"{file} is not UTF-8: byte {error.start}.", _HINT) from error
    return parse_rules(text, str(file))


def parse_rules(text: str, origin: str) -> PriorityRules:
    """The rules that a TOML text holds; raises PriorityError that names each bad rule and its line."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PriorityError(f"{origin} is not TOML: {error}.", _HINT) from error
    try:
        found = _File.model_validate(document)
    except ValidationError as error:
        problems = [_problem(one, document, text) for one in error.errors(include_url=False)]
        raise PriorityError("\n".join(f"{origin}: {one}." for one in dict.fromkeys(problems)), _HINT) from error
    return PriorityRules(found.rule, text, hashlib.sha256(text.encode()).hexdigest())


def _problem(error: ErrorDetails, document: dict[str, Any], text: str) -> str:
    place = [part for part in error["loc"] if part != "rule"]
    words = error["msg"].removeprefix("Value error, ").removesuffix(".")
    if error["type"] == "extra_forbidden":
        words = f"{place[-1] if place else error['loc'][-1]} is not known here"
    elif error["type"] == "missing":
        words = f"{place[-1]} is missing"
    if not place or not isinstance(place[0], int):
        return f"{words[0].lower()}{words[1:]}"
    number, keys = place[0], [str(part) for part in place[1:] if isinstance(part, str)]
    given = document["rule"][number]
    name = given.get("name") if isinstance(given, dict) else None
    what = f"rule {number + 1}" + (f" ({name})" if isinstance(name, str) else "")
    if keys and error["type"] not in ("extra_forbidden", "missing"):
        words = f"{'.'.join(keys)}: {words[0].lower()}{words[1:]}"
    line = _line(text, number, keys)
    return f"line {line}, {what}: {words}" if line else f"{what}: {words}"


def _line(text: str, number: int, keys: list[str]) -> int | None:
    """The line of a rule's key, or of its header; none where the rules are written in another form."""
    lines = text.splitlines()
    headers = [index for index, line in enumerate(lines) if _HEADER.match(line)]
    if number >= len(headers):
        return None
    end = headers[number + 1] if number + 1 < len(headers) else len(lines)
    for key in reversed(keys):
        named = re.compile(rf"(^|[\s{{,.]){re.escape(key)}\s*(=|\.)")
        for index in range(headers[number] + 1, end):
            if named.search(lines[index]):
                return index + 1
    return headers[number] + 1
