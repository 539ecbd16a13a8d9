"""What every format is read into: referrals with their files, and inputs refused by name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Literal

from engine.formats.sniff import HEAD_BYTES, sniff

FileKind = Literal["image", "video", "unknown"]


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """One file of a report under the name it came with; its content is `data`, or lies at `path` until it is read."""

    name: str
    kind: FileKind
    path: Path | None = None
    data: bytes | None = None

    def open(self) -> BinaryIO:
        """The content, from its start; raises OSError where the file has become unreadable."""
        if self.data is not None:
            return BytesIO(self.data)
        if self.path is None:
            raise ValueError(f"{self.name} has neither data nor a path")
        return self.path.open("rb")


@dataclass(frozen=True, slots=True)
class RefusedInput:
    """An input, or one file of it, that is not taken in, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IncomingReferral:
    """One report as it comes in: where from, its files, the files left out of it, and what it says."""

    source: str
    files: tuple[IncomingFile, ...]
    refused: tuple[RefusedInput, ...] = ()
    report_number: str | None = None
    narrative: str | None = None
    report: Mapping[str, Any] = field(default_factory=dict)


def kind_of(head: bytes) -> FileKind:
    """What a file is by its first bytes."""
    return sniff(head[:HEAD_BYTES]) or "unknown"


def printable(path: str | Path) -> str:
    """A path as text that any database holds: bytes of the name that are no UTF-8 appear as \\xNN."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
