"""The groups of settings: one frozen model per room, with each setting's bounds and its meaning in one sentence."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode

MEBIBYTE = 1024**2
GIBIBYTE = 1024**3

Lane = Literal["urgent", "normal", "video"]
Device = Literal["auto", "cpu", "cuda"]


def _as_list(value: object) -> object:
    """Read `urgent, normal` as an environment variable writes it; leave a TOML list as it is."""
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


def _each_once(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    if not lanes or len(set(lanes)) != len(lanes):
        raise ValueError("it should name at least one lane, and each once")
    return lanes


def _as_identifier(value: str) -> str:
    allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
    if not 1 <= len(value) <= 63 or not set(value) <= set(allowed):
        raise ValueError("it should be 1 to 63 lower-case letters, digits and hyphens")
    return value


Identifier = Annotated[str, AfterValidator(_as_identifier)]


class Group(BaseModel):
    """Settings that belong together; they cannot be changed once loaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Decoding(Group):
    """Limits that a file must keep before and while it is decoded."""

    max_pixels: int = Field(
        default=200_000_000, ge=1_000_000, le=1_000_000_000, description="The largest picture decoded, width x height."
    )
    max_bytes: int = Field(
        default=256 * MEBIBYTE, ge=MEBIBYTE, le=4 * GIBIBYTE, description="The largest picture file decoded, in bytes."
    )
    max_memory_bytes: int = Field(
        default=2 * GIBIBYTE,
        ge=256 * MEBIBYTE,
        le=64 * GIBIBYTE,
        description="The most memory that decoding one file may take, in bytes, in a process of its own.",
    )
    max_seconds: int = Field(
        default=30,
        ge=1,
        le=3600,
        description="Seconds of processor time that decoding one picture, or one frame of a video, may take.",
    )


class Detection(Group):
    """How faces are looked for."""

    threshold: float = Field(
        default=0.8, ge=0.5, le=0.99, description="The lowest detector score that counts as a face; lower finds more."
    )
    max_side: int = Field(
        default=1600,
        ge=320,
        le=8192,
        description="The longer side, in pixels, a picture is reduced to before detection; higher finds smaller faces.",
    )
    effort: Literal["usual", "thorough"] = Field(
        default="usual",
        description="How long faces are looked for; thorough takes 8 to 35 times as long (docs/hard_pictures.md).",
    )
    threads: int = Field(default=1, ge=1, le=64, description="Processor threads each worker's networks may use.")


class Search(Group):
    """How candidates are found."""

    top: int = Field(default=50, ge=1, le=1000, description="How many candidates a search keeps.")
    calibration_minimum: int = Field(
        default=100,
        ge=20,
        le=100_000,
        description="How many pairs of different people must be known before it is said how rare a score is.",
    )
    long_gap_months: int = Field(
        default=12,
        ge=1,
        le=600,
        description="Months between two pictures from which a candidate carries a caution; children change fast.",
    )


class Standing(Group):
    """How later material is searched for in the subjects that nobody has been found for."""

    false_recalls_per_arrival: float = Field(
        default=0.1,
        ge=0.0001,
        le=100,
        description="How many subjects one arrival may bring back wrongly on average; higher finds more, at more work.",
    )
    recalls_per_day: int = Field(
        default=50, ge=1, le=100_000, description="How many subjects may come back in 24 hours; the others wait."
    )
    gather_seconds: int = Field(
        default=30, ge=0, le=3600, description="Seconds that arrivals gather before they are searched for together."
    )


class Intake(Group):
    """What is accepted as a referral."""

    channel: Identifier = Field(default="default", description="The channel of referrals that name none themselves.")
    max_file_bytes: int = Field(
        default=4 * GIBIBYTE, ge=MEBIBYTE, le=1024 * GIBIBYTE, description="The largest file accepted, in bytes."
    )
    max_bundle_bytes: int = Field(
        default=32 * GIBIBYTE,
        ge=MEBIBYTE,
        le=1024 * GIBIBYTE,
        description="The most that an archive may hold once unpacked, in bytes; also the longest standard input.",
    )
    max_bundle_files: int = Field(
        default=200_000, ge=1, le=10_000_000, description="The most files that an archive may hold."
    )
    max_ratio: int = Field(
        default=100, ge=2, le=100_000, description="How many times its own size an archive may unpack to."
    )
    max_nesting: int = Field(
        default=1, ge=0, le=3, description="How many archives inside each other are opened below the first."
    )
    max_xml_bytes: int = Field(
        default=32 * MEBIBYTE, ge=1024, le=GIBIBYTE, description="The largest XML of a report that is read, in bytes."
    )
    max_xml_depth: int = Field(
        default=100, ge=10, le=400, description="How deep the elements of a report's XML may be nested."
    )
    max_list_bytes: int = Field(
        default=GIBIBYTE,
        ge=MEBIBYTE,
        le=64 * GIBIBYTE,
        description="The largest VICS file or manifest that is read, in bytes.",
    )
    watch_folder: str | None = Field(
        default=None, description="The folder whose files and sub-folders `triage up` takes in as they arrive."
    )
    watch_still_seconds: float = Field(
        default=10.0, ge=0.1, le=3600, description="Seconds without a change after which what arrived is complete."
    )


class Priority(Group):
    """In which order referrals are worked on."""

    rules: str | None = Field(
        default=None,
        description="The TOML file with the rules of priority, from the root folder; unset, those of Triage.",
    )

    @field_validator("rules")
    @classmethod
    def _from_the_root(cls, rules: str | None) -> str | None:
        if rules is not None and not rules.startswith("/"):
            raise ValueError("it should be a path from the root folder, such as /etc/triage/priority.toml")
        return rules


class KnownFiles(Group):
    """When a file counts as known."""

    near_distance: int = Field(
        default=31,
        ge=0,
        le=60,
        description="In how many of its 256 bits (PDQ) a picture may differ from one that it is said to look like.",
    )
    near_quality: int = Field(
        default=50,
        ge=0,
        le=100,
        description="The least PDQ quality of pictures that are compared; flat ones have none.",
    )
    viral_referrals: int = Field(
        default=10, ge=2, le=100_000, description="In how many referrals a file must come in to be taken for viral."
    )
    viral_days: int = Field(default=30, ge=1, le=3650, description="Within how many days those referrals must come in.")


class Review(Group):
    """How people look at referrals."""

    hide_scores: bool = Field(
        default=True,
        description="Whether candidates are shown without their scores, so that nobody is led by a number.",
    )
    scores_after_verdict: bool = Field(
        default=False,
        description="Whether hidden scores of a subject are shown to an examiner who has given a verdict on it.",
    )
    lease_minutes: int = Field(
        default=20,
        ge=1,
        le=480,
        description="Minutes after which a claimed referral that nobody works on is free again.",
    )
    least_eye_pixels: int = Field(
        default=32,
        ge=0,
        le=200,
        description="Pixels between the eyes, as shown and zoomed, for `identified`; 0 asks for none.",
    )
    images: Literal["auto", "cells", "kitty", "sixel", "off"] = Field(
        default="auto", description="How faces are drawn: coloured cells work in any terminal; off shows text only."
    )


class Worker(Group):
    """How background work is done."""

    lanes: Annotated[tuple[Lane, ...], NoDecode, BeforeValidator(_as_list), AfterValidator(_each_once)] = Field(
        default=("urgent", "normal", "video"),
        description="The lanes this deployment works on, most urgent first; each has workers of its own.",
    )
    job_timeout_seconds: int = Field(
        default=600, ge=10, le=86_400, description="Seconds after which a job is stopped and tried again."
    )
    video_part_seconds: int = Field(
        default=30, ge=1, le=300, description="Seconds a video is watched before other videos have their turn."
    )
    device: Device = Field(
        default="auto", description="Where networks compute: auto takes a CUDA graphics processor where there is one."
    )
    heartbeat_seconds: int = Field(
        default=4, ge=1, le=60, description="Seconds between two signs of life of a worker or the keeper."
    )
    tries: int = Field(default=3, ge=1, le=10, description="How often a job is tried before its referral has failed.")


class Health(Group):
    """When the deployment is no longer well."""

    oldest_waiting_warning_seconds: int = Field(
        default=900, ge=1, le=604_800, description="Seconds the oldest referral may wait before health warns."
    )
    oldest_waiting_critical_seconds: int = Field(
        default=3600,
        ge=1,
        le=604_800,
        validate_default=True,
        description="Seconds the oldest referral may wait before health is critical.",
    )
    standing_warning_seconds: int = Field(
        default=900, ge=60, le=604_800, description="Seconds arrivals may wait to be searched for before health warns."
    )
    worker_silence_seconds: int = Field(
        default=60, ge=5, le=3600, description="Seconds without a sign of life after which a process counts as gone."
    )
    disk_reserve_bytes: int = Field(
        default=2 * GIBIBYTE,
        ge=64 * MEBIBYTE,
        le=1024 * GIBIBYTE,
        description="Free disk space, in bytes, below which health is critical and no referral is accepted.",
    )

    @field_validator("oldest_waiting_critical_seconds")
    @classmethod
    def _after_the_warning(cls, critical: int, info: ValidationInfo) -> int:
        warning = info.data.get("oldest_waiting_warning_seconds", 0)
        if critical <= warning:
            raise ValueError(f"it should be more than oldest_waiting_warning_seconds, which is {warning}")
        return critical


class Keeper(Group):
    """How often the keeper makes its round."""

    interval_seconds: int = Field(default=5, ge=1, le=3600, description="Seconds between two rounds of the keeper.")


class Logging(Group):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important line that is written."
    )
    format: Literal["console", "json"] = Field(
        default="console", description="Lines for people (console) or one JSON document per line (json)."
    )
