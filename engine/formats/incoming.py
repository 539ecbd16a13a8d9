"""What every format is read into: referrals with their files and what they say, and inputs refused by name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal

from engine.formats.sniff import HEAD_BYTES, sniff

FileKind = Literal["image", "video", "unknown"]

#: What a fact of a report is about. What no rule knows is "other": nothing that a report says is dropped.
FactKind = Literal[
    "incident", "reporter", "person", "victim", "address", "device", "ip", "url", "file", "camera", "place", "other"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a report says: `path` is where in the report, such as personOrUserReported[2]/screenName."""

    kind: FactKind
    label: str
    value: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """One file of a report under the name it came with; its content is `data`, lies at `path`, or `opener` opens it."""

    name: str
    kind: FileKind
    path: Path | None = None
    data: bytes | None = None
    opener: Callable[[], BinaryIO] | None = field(default=None, compare=False, repr=False)
    #: What the report says of this file.
    facts: tuple[Fact, ...] = ()

    def open(self) -> BinaryIO:
        """The content, from its start; raises OSError where the file has become unreadable."""
        if self.data is not None:
            return BytesIO(self.data)
        if self.opener is not None:
            return self.opener()
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
    """One report as it comes in: where from, its files, what was left out of it, and what it says.

    originals: the documents it was read from (XML, PDF, JSON, CSV), which are kept as they came.
    """

    source: str
    files: tuple[IncomingFile, ...]
    refused: tuple[RefusedInput, ...] = ()
    report_number: str | None = None
    narrative: str | None = None
    facts: tuple[Fact, ...] = ()
    originals: tuple[IncomingFile, ...] = ()


Incoming = IncomingReferral | RefusedInput


def kind_of(head: bytes) -> FileKind:
    """What a file is by its first bytes."""
    return sniff(head[:HEAD_BYTES]) or "unknown"
