"""A manifest: a list of referrals and their files as CSV or as one JSON object per line (docs/formats.md)."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.formats.fact_documents import document_of
from engine.formats.finding import Files
from engine.formats.incoming import IncomingFile, IncomingReferral, RefusedInput
from engine.formats.limits import Limits
from engine.formats.looking import Member
from engine.formats.manifest_rows import Row, row_of
from engine.formats.text import clean, decoded

NAMES = frozenset({"manifest.csv", "manifest.tsv", "manifest.jsonl", "manifest.ndjson"})
_SUFFIXES = (".csv", ".tsv", ".jsonl", ".ndjson")
_LOOKED_AT = 1 << 16
_LONGEST_LINE = 4 << 20


class BadManifest(Exception):
    """A manifest that is not read on; the message says why."""


def is_manifest(member: Member, *, any_name: bool = False) -> bool:
    """Whether a file is a manifest by its first line and, as many tables have a column `file`, by its name."""
    if member.kind != "unknown" or not (any_name or member.base.lower().endswith(_SUFFIXES)):
        return False
    try:
        with member.open() as file:
            return is_manifest_head(file.read(_LOOKED_AT))
    except OSError:
        return False


def is_manifest_head(data: bytes) -> bool:
    """Whether these first bytes open a manifest: a row of columns with `file`, or an object that names files."""
    head = decoded(data)
    if _is_json(head):
        return '"file"' in head or '"files"' in head
    return "file" in _columns(head.splitlines()[:1])


def read_manifest(
    member: Member, source: str, files: Files, limits: Limits
) -> Iterator[IncomingReferral | RefusedInput]:
    """A referral for each group of rows that name the same one, or why it is refused.

    Rows of one referral stand together; what was read before a list broke off is taken in.
    """
    group: _Group | None = None
    done: set[str] = set()
    try:
        for row in _rows(member, limits):
            if group is not None and group.key != row.key:
                yield group.referral(source, files)
                done.add(group.key)
                group = None
            if row.key in done:
                yield RefusedInput(f"{source}: line {row.line}", f"the rows of {row.key} do not stand together")
                continue
            group = group or _Group(row.key)
            group.rows.append(row)
    except (BadManifest, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        if group is not None:
            yield group.referral(source, files)
        yield RefusedInput(source, f"the manifest cannot be read on: {reason}")
        return
    if group is not None:
        yield group.referral(source, files)
    elif not done:
        yield RefusedInput(source, "the manifest names no file")


@dataclass(slots=True)
class _Group:
    """The rows of one referral."""

    key: str
    rows: list[Row] = field(default_factory=list)

    def referral(self, source: str, files: Files) -> IncomingReferral | RefusedInput:
        """What the rows say."""
        name = f"{source}: {self.key}"
        found: dict[str, IncomingFile] = {}
        refused: list[RefusedInput] = []
        for row in self.rows:
            if row.wrong:
                refused.append(RefusedInput(f"line {row.line}", row.wrong))
            for one in row.files:
                file = files.find(one.file)
                if isinstance(file, RefusedInput):
                    refused.append(file)
                    continue
                incoming = replace(file.incoming(), name=one.name or file.name, facts=one.facts)
                found[f"{one.file}\0{incoming.name}"] = incoming
        narrative = "\n\n".join(dict.fromkeys(filter(None, (row.narrative for row in self.rows))))
        facts = tuple(dict.fromkeys(fact for row in self.rows for fact in row.facts))
        if not found and not narrative and not facts:
            reasons = "; ".join(f"{one.path}: {one.reason}" for one in refused[:3])
            return RefusedInput(name, reasons or "its rows name no file and say nothing")
        return IncomingReferral(
            name,
            tuple(found.values()),
            tuple(refused),
            report_number=next(filter(None, (row.report_number for row in self.rows)), None),
            narrative=narrative or None,
            facts=facts,
        )


def write_manifest(referral: IncomingReferral, key: str) -> bytes:
    """The line of a JSON manifest that says everything of a referral; its files are to lie beside it by their names."""
    line = {
        "referral": key,
        "report_number": referral.report_number,
        "narrative": referral.narrative,
        "facts": [document_of(fact) for fact in referral.facts],
        "files": [{"file": file.name, "facts": [document_of(fact) for fact in file.facts]} for file in referral.files],
    }
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _rows(member: Member, limits: Limits) -> Iterator[Row]:
    if member.size > limits.list_bytes:
        raise BadManifest(f"it has more than {limits.list_bytes:,} bytes")
    with member.open() as file:
        head = file.read(_LOOKED_AT)
        file.seek(0)
        encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        lines = _lines(io.TextIOWrapper(file, encoding, errors="replace", newline=""))
        if _is_json(decoded(head)):
            yield from _json_rows(lines)
        else:
            yield from _csv_rows(lines, decoded(head).split("\n", 1)[0])


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise BadManifest(f"a line has more than {_LONGEST_LINE:,} characters")
        yield clean(line)


def _json_rows(lines: Iterator[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Row(number, f"line {number}", wrong=f"it is not well-formed JSON: {type(error).__name__}")
            continue
        if isinstance(told, dict):
            yield row_of(told, number)
        else:
            yield Row(number, f"line {number}", wrong="it is not a JSON object")


def _csv_rows(lines: Iterator[str], head: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=_delimiter(head), strict=False)
    try:
        columns = [one.strip().lower() for one in next(reader, [])]
        if "file" not in columns:
            raise BadManifest("its first line names no column `file`")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                told: Mapping[str, Any] = dict(zip(columns, cells, strict=False))
                yield row_of(told, reader.line_num)
    except csv.Error as error:
        raise BadManifest(f"it is not well-formed CSV: {error}") from error


def _is_json(head: str) -> bool:
    return head.lstrip("\ufeff \t\r\n").startswith("{")


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)


def _columns(lines: list[str]) -> list[str]:
    if not lines:
        return []
    return [one.strip().strip('"').lower() for one in lines[0].lstrip("\ufeff").split(_delimiter(lines[0]))]
