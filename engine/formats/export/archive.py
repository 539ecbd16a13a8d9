"""The archive that leaves: its entries in one order under names made here, and the hash of each and of all."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from engine.formats.export.case_uco import case_uco
from engine.formats.export.content import ExportedFile, ExportedReport, moment
from engine.formats.export.page import page
from engine.formats.export.printed import printed
from engine.formats.export.sheet import Fonts
from engine.formats.incoming import Fact, IncomingFile, IncomingReferral
from engine.formats.vics_write import write_vics

VICS_FOLDER = "vics"
#: The label of the fact that holds the name a file came with, in the VICS document.
CAME_AS = "FileName"
_CHUNK = 1 << 20
#: Formats whose files are compressed already.
_STORED = (".png", ".jpg", ".jpeg", ".zip", ".pdf", ".mp4", ".webp", ".heic")
_UNIX = 3


def _nobody(_done: int, _of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it was written; `of` is the public id of what it holds, "" for what was made for the export."""

    name: str
    of: str
    came_as: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive holds, and the SHA-256 over the hashes of all of it."""

    entries: tuple[Entry, ...]
    whole: str


def write_archive(
    report: ExportedReport, target: BinaryIO, fonts: Fonts, advance: Callable[[int, int], None] = _nobody
) -> Written:
    """Write the archive; the target need not be one to jump in.

    advance: told how many entries are written, of how many. Raises OSError, InvalidSetting for a font that is none, and
    what the files' openers raise.
    """
    contents, entries = list(_contents(report, fonts)), []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in contents:
            entries.append(_put(archive, report, *one))
            advance(len(entries), len(contents))
        sums = _sums(entries)
        whole = hashlib.sha256(sums).hexdigest()
        hashes = _put(archive, report, "hashes.json", "", "", _bytes(_hashes(report, entries, whole)))
        _put(archive, report, "SHA256SUMS", "", "", _bytes(_sums([*entries, hashes])))
    return Written(tuple(entries), whole)


def _contents(report: ExportedReport, fonts: Fonts) -> Iterator[tuple[str, str, str, Callable[[], BinaryIO]]]:
    """Each entry's name, what it is of, the name that came with, and its content; what people read comes first."""
    yield "report.html", "", "", lambda: BytesIO(page(report))
    yield "report.pdf", "", "", lambda: BytesIO(printed(report, fonts))
    yield "case_uco.jsonld", "", "", lambda: BytesIO(case_uco(report))
    yield f"{VICS_FOLDER}/vics.json", "", "", lambda: BytesIO(vics(report))
    for file in (*report.originals, *report.files):
        if file.entry is not None:
            yield file.entry, file.id, file.came_as, file.opener
    for exhibit in report.exhibits:
        yield f"exhibits/{exhibit.id}.json", exhibit.id, "", _bytes(exhibit.rendering)
    for picture in sorted(report.pictures, key=lambda one: one.entry):
        yield picture.entry, picture.id, "", _bytes(picture.data)


def vics(report: ExportedReport) -> bytes:
    """The referral as VICS 2.0, to lie in a folder with its files below; the names files came with are facts."""
    buffer = BytesIO()
    files = tuple(
        IncomingFile(
            _beside(file), "unknown", opener=file.opener, facts=(*file.facts, Fact("file", CAME_AS, file.came_as))
        )
        for file in report.files
    )
    referral = IncomingReferral(
        source=report.source,
        files=files,
        report_number=report.report_number or None,
        narrative=report.narrative,
        facts=report.facts,
    )
    write_vics(referral, buffer, report.program.removeprefix("Triage "))
    return buffer.getvalue()


def _beside(file: ExportedFile) -> str:
    """The name of a file as seen from the VICS document; one that was left out has the name it would have."""
    return (file.entry or f"{VICS_FOLDER}/media/{file.id}").removeprefix(f"{VICS_FOLDER}/")


def _put(
    archive: zipfile.ZipFile,
    report: ExportedReport,
    name: str,
    of: str,
    came_as: str,
    opener: Callable[[], BinaryIO],
) -> Entry:
    info = zipfile.ZipInfo(name, report.exported_at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = _UNIX, 0o600 << 16
    sha256, size = hashlib.sha256(), 0
    with opener() as source, archive.open(info, "w", force_zip64=True) as entry:
        while chunk := source.read(_CHUNK):
            entry.write(chunk)
            sha256.update(chunk)
            size += len(chunk)
    return Entry(name, of, came_as, size, sha256.hexdigest())


def _hashes(report: ExportedReport, entries: list[Entry], whole: str) -> bytes:
    document = {
        "referral": report.id,
        "recipient": report.recipient,
        "reason": report.reason,
        "exported_by": report.exported_by,
        "exported_at": moment(report.exported_at),
        "made_with": report.program,
        "with_media": report.with_media,
        "whole": whole,
        "whole_is": "SHA-256 of the lines of SHA256SUMS for these entries, in this order",
        "entries": [
            {"name": one.name, "of": one.of, "came_as": one.came_as, "size": one.size, "sha256": one.sha256}
            for one in entries
        ],
        "left_out": [
            {"of": one.id, "came_as": one.came_as, "size": one.size, "sha256": one.sha256}
            for one in report.files
            if one.entry is None
        ],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _sums(entries: list[Entry]) -> bytes:
    return "".join(f"{one.sha256}  {one.name}\n" for one in entries).encode()


def _bytes(data: bytes) -> Callable[[], BinaryIO]:
    return lambda: BytesIO(data)
